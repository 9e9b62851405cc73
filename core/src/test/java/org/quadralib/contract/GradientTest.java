package org.quadralib.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.quadralib.autodiff.GradientException;
import org.quadralib.graph.op.BatchNormGradient;
import org.quadralib.graph.op.Conv2dStatistics;
import org.quadralib.graph.op.CorrectPredictions;
import org.quadralib.graph.op.Fill;
import org.quadralib.graph.op.FusedConv2d;
import org.quadralib.graph.op.FusedNormalize;
import org.quadralib.graph.op.MaxPool2dGradient;
import org.quadralib.graph.op.QuadraticNormGradient;
import org.quadralib.graph.op.StateUpdate;
import org.quadralib.tensor.DType;

/** Every gradient rule, and the rules applied to what the rules emit. */
class GradientTest {
  /** Cases with more elements than this are differentiated once. */
  private static final int SMALL = 3000;

  /** Cases with more elements than this are there for the threads; smaller ones have their rule. */
  private static final int LARGE = 20_000;

  /** Operations that are not differentiated: they have no operands, or no derivative by design. */
  private static final Set<Class<?>> CONSTANT =
      Set.of(
          Fill.class,
          BatchNormGradient.class,
          CorrectPredictions.class,
          MaxPool2dGradient.class,
          Conv2dStatistics.class,
          FusedConv2d.class,
          FusedNormalize.class,
          QuadraticNormGradient.class);

  @TestFactory
  Stream<DynamicTest> firstDerivatives() {
    return tests(c -> c.order() >= 1 && elements(c) < LARGE, FiniteDifference::check);
  }

  @TestFactory
  Stream<DynamicTest> secondDerivatives() {
    return tests(
        c -> c.order() == 2 && elements(c) < SMALL, c -> FiniteDifference.check(c.gradient()));
  }

  @TestFactory
  Stream<DynamicTest> whatHasNoSecondDerivativeSaysSo() {
    return tests(
        c -> c.order() == 1,
        c -> {
          ContractCase twice = c.gradient().gradient();
          var e =
              assertThrows(
                  GradientException.class, () -> CaseGraph.trace(twice.graph(), DType.FLOAT64));
          assertTrue(e.getMessage().matches("there is no second derivative through .+; use .+"));
        });
  }

  @Test
  void everyRuleIsChecked() {
    Set<String> differentiated =
        ContractCases.all().stream()
            .filter(c -> c.order() > 0)
            .map(c -> c.op().getSimpleName())
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> expected =
        ContractCases.all().stream()
            .map(ContractCase::op)
            .filter(op -> !CONSTANT.contains(op) && !StateUpdate.class.isAssignableFrom(op))
            .map(Class::getSimpleName)
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(expected, differentiated);
  }

  private interface Check {
    void of(ContractCase contractCase);
  }

  private static Stream<DynamicTest> tests(Predicate<ContractCase> which, Check check) {
    return ContractCases.all().stream()
        .filter(which)
        .map(c -> DynamicTest.dynamicTest(c.title(), () -> check.of(c)));
  }

  private static int elements(ContractCase contractCase) {
    var traced = CaseGraph.trace(contractCase.graph(), DType.FLOAT64);
    return Seed.feeds(contractCase, traced).values().stream()
        .mapToInt(values -> values.length)
        .sum();
  }
}
