package org.quadralib.graph.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.quadralib.graph.GraphBuilder;
import org.quadralib.graph.Value;
import org.quadralib.tensor.ShapeException;
import org.quadralib.tensor.TensorType;

/** Operands that do not fit are one clear sentence that names the layer and the operation. */
class OperandErrorsTest {
  private static List<Mistake> mistakes() {
    return Stream.of(LayerMistakes.all(), ArithmeticMistakes.all()).flatMap(List::stream).toList();
  }

  @TestFactory
  Stream<DynamicTest> everyMistakeIsNamed() {
    return mistakes().stream()
        .map(
            mistake ->
                DynamicTest.dynamicTest(
                    mistake.message(),
                    () -> {
                      GraphBuilder builder = new GraphBuilder();
                      List<Value> operands = new ArrayList<>();
                      for (TensorType type : mistake.operands()) {
                        operands.add(builder.input("x" + operands.size(), type));
                      }
                      var e =
                          assertThrows(
                              ShapeException.class,
                              () ->
                                  builder.inScope(
                                      "stem",
                                      () ->
                                          builder.inScope(
                                              "conv1",
                                              () -> builder.applyAll(mistake.op(), operands))));
                      assertEquals("layer 'stem.conv1': " + mistake.message(), e.getMessage());
                    }));
  }

  @Test
  void everyOperationIsTried() {
    Set<String> tried =
        mistakes().stream()
            .map(mistake -> mistake.op().getClass().getSimpleName())
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> all =
        records(Op.class).map(Class::getSimpleName).collect(Collectors.toCollection(TreeSet::new));
    assertEquals(all, tried);
  }

  @Test
  void operationsWithoutMeaningAreRejectedWhenTheyAreMade() {
    assertMessage("a dropout rate must be in [0, 1), but is 1.0", () -> new Dropout(1, 0));
    assertMessage(
        "QuadraticDense: branch normalisation is defined for quadra neurons, not for t4",
        () -> new Quadratic(NeuronType.T4, new Dense(1, false), true, OptionalDouble.of(1e-5)));
    assertMessage(
        "a quadratic layer applies Dense or Conv2d with one map and no bias, not"
            + " Dense[maps=2, bias=false]",
        () -> new Quadratic(NeuronType.T4, new Dense(2, false), true, OptionalDouble.empty()));
    assertMessage(
        "a window needs kernel, stride and dilation of at least 1 and no negative padding, but is"
            + " kernel 3x3, stride 0x0, padding 1x1, dilation 1x1",
        () -> Window.square(3, 0, 1));
  }

  private static void assertMessage(String message, Runnable made) {
    assertEquals(message, assertThrows(ShapeException.class, made::run).getMessage());
  }

  private static Stream<Class<?>> records(Class<?> type) {
    return type.isSealed()
        ? Stream.of(type.getPermittedSubclasses()).flatMap(OperandErrorsTest::records)
        : Stream.of(type);
  }
}
