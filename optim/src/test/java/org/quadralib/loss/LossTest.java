package org.quadralib.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.quadralib.autodiff.Differentiator;
import org.quadralib.backend.Backend;
import org.quadralib.backend.Backends;
import org.quadralib.backend.Executable;
import org.quadralib.graph.GraphBuilder;
import org.quadralib.graph.Value;
import org.quadralib.loss.BinaryCrossEntropy.Input;
import org.quadralib.memory.TensorArena;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;
import org.quadralib.tensor.TensorType;

/**
 * Values and gradients against PyTorch 2.13 in float64:
 *
 * <pre>
 *   y = y.clone().requires_grad_(); l = F.mse_loss(y, t); l.backward(); print(l, y.grad)
 * </pre>
 */
class LossTest {
  private static final double[] LOGITS = {
    1.5, -0.3, 0.2, -2.0, 0.7, 3.1, 0.1, 0.2, -0.4, 9.0, -9.0, 0.5
  };
  private static final double[] LABELS = {0, 2, 1, -1};
  private static final double[] Y = {0.5, -1.0, 2.0, 0.0, 0.7, -0.2};
  private static final double[] WIDE = {0.5, -1.0, 2.0, 80.0, -90.0, -0.2};
  private static final double[] P = {0.5, 0.1, 0.9, 0.3, 0.999, 0.25};
  private static final double[] T = {0.2, 0.4, 1.0, 1.0, 0.0, 0.9};

  // F.cross_entropy(x, labels, ignore_index=-1, label_smoothing=…)
  static Stream<Arguments> crossEntropies() {
    return Stream.of(
        Arguments.of(
            new CrossEntropy(),
            0.45104069479111075,
            new double[] {
              -0.10150260550226012,
              0.038321361566077614,
              0.06318124393618255,
              0.0018528643493205166,
              0.027570124440470332,
              -0.029422988789790883,
              0.12292404741867163,
              -0.19748125099406555,
              0.07455720357539393,
              0,
              0,
              0
            }),
        Arguments.of(
            new CrossEntropy(0.1),
            0.5765962503466664,
            new double[] {
              -0.07928038328003788,
              0.02721025045496651,
              0.05207013282507144,
              -0.009258246761790595,
              0.01645901332935922,
              -0.007200766567568682,
              0.11181293630756053,
              -0.17525902877184332,
              0.06344609246428283,
              0,
              0,
              0
            }));
  }

  @ParameterizedTest
  @MethodSource("crossEntropies")
  void crossEntropyIsThatOfPyTorch(CrossEntropy loss, double value, double[] gradient) {
    assertLoss(loss, Shape.of(4, 3), LOGITS, LABELS, value, gradient);
  }

  static Stream<Arguments> elementwiseLosses() {
    double s = 1.0 / 6;
    return Stream.of(
        Arguments.of(
            new MeanSquaredError(),
            Y,
            0.9583333333333334,
            new double[] {0.1, -1.4 / 3, 1.0 / 3, -1.0 / 3, 0.7 / 3, -1.1 / 3}),
        Arguments.of(new L1(), Y, 0.9166666666666666, new double[] {s, -s, s, -s, s, -s}),
        Arguments.of(new SmoothL1(), Y, 0.465, new double[] {0.3 * s, -s, s, -s, 0.7 * s, -s}),
        Arguments.of(
            new SmoothL1(0.5), Y, 0.6733333333333333, new double[] {0.1, -s, s, -s, s, -s}),
        Arguments.of(
            new BinaryCrossEntropy(),
            WIDE,
            0.41540092535381573,
            new double[] {
              0.07040988853364243,
              -0.021843096438334153,
              -0.01986715367035295,
              0,
              1.3656687706650857e-40,
              -0.07497233288541298
            }),
        Arguments.of(
            new BinaryCrossEntropy(Input.PROBABILITIES),
            P,
            1.861819876395206,
            new double[] {
              0.2, -0.5555555555555556, -0.1851851851851852,
              -0.5555555555555555, 166.6666666666665, -0.5777777777777778
            }));
  }

  @ParameterizedTest
  @MethodSource("elementwiseLosses")
  void elementwiseLossIsThatOfPyTorch(
      ElementwiseLoss loss, double[] output, double value, double[] gradient) {
    assertLoss(loss, Shape.of(2, 3), output, T, value, gradient);
  }

  // F.binary_cross_entropy of p = [0, 1] and t = [1, 0.25]
  @Test
  void certainMistakesCostAHundred() {
    BinaryCrossEntropy loss = new BinaryCrossEntropy(Input.PROBABILITIES);
    double[] value = run(loss, Shape.of(1, 2), new double[] {0, 1}, new double[] {1, 0.25});
    assertEquals(87.5, value[0], 1e-12);
  }

  @Test
  void impossibleParametersAreErrors() {
    assertThrows(IllegalArgumentException.class, () -> new CrossEntropy(1));
    assertThrows(IllegalArgumentException.class, () -> new SmoothL1(0));
  }

  private static void assertLoss(
      Loss loss, Shape shape, double[] output, double[] target, double value, double[] gradient) {
    double[] actual = run(loss, shape, output, target);
    assertEquals(value, actual[0], 1e-12 * value);
    for (int i = 0; i < gradient.length; i++) {
      assertEquals(gradient[i], actual[1 + i], 1e-11 * Math.max(1, Math.abs(gradient[i])));
    }
  }

  /** The loss, then its gradient. */
  private static double[] run(Loss loss, Shape shape, double[] output, double[] target) {
    GraphBuilder graph = new GraphBuilder();
    Value y = graph.input("y", new TensorType(DType.FLOAT64, shape));
    Value t = graph.input("t", loss.targetType(y.type()));
    Value traced = loss.trace(graph, y, t);
    graph.output("loss", traced);
    graph.output("gradient", Differentiator.gradients(graph, traced, List.of(y)).get(y));
    try (Backend backend = Backends.named("scalar", 1);
        TensorArena arena = TensorArena.root("test")) {
      Executable executable = backend.compile(backend.plan(graph.build()), arena, Map.of());
      set(executable.input("y"), output);
      set(executable.input("t"), target);
      executable.run();
      double[] result = new double[1 + output.length];
      result[0] = executable.output("loss").get(0);
      for (int i = 0; i < output.length; i++) {
        result[1 + i] = executable.output("gradient").get(i);
      }
      return result;
    }
  }

  private static void set(Tensor tensor, double[] values) {
    assertArrayEquals(new long[] {tensor.elements()}, new long[] {values.length});
    for (int i = 0; i < values.length; i++) {
      tensor.set(i, values[i]);
    }
  }
}
