package org.quadralib.graph.op;

import static org.quadralib.tensor.TensorType.float32;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import org.quadralib.tensor.TensorType;

/** Operands that do not fit the operations of layers. */
final class LayerMistakes {
  private static final TensorType IMAGE = float32(2, 4, 8, 8);
  private static final Window W3 = Window.square(3, 1, 1);
  private static final Window W9 = Window.square(9, 1, 0);

  private LayerMistakes() {}

  static List<Mistake> all() {
    List<Mistake> all = new ArrayList<>();
    linear(all);
    images(all);
    quadratic(all);
    fused(all);
    return all;
  }

  private static void linear(List<Mistake> all) {
    Conv2d conv = new Conv2d(W3, 1, 1, false);
    all.add(
        Mistake.of(conv, "Conv2d takes 2 operands, but was given 1: [float32[2x4x8x8]]", IMAGE));
    all.add(
        Mistake.of(
            conv,
            "Conv2d needs an input [batch, channels, height, width], but was given [2x4]",
            float32(2, 4),
            float32(5, 4, 3, 3)));
    all.add(
        Mistake.of(
            conv,
            "Conv2d: weight must be float32[5x4x3x3], but is float32[5x6x3x3]",
            IMAGE,
            float32(5, 6, 3, 3)));
    all.add(
        Mistake.of(
            new Conv2d(W3, 3, 1, false),
            "Conv2d: 3 groups must divide 4 input and 6 output channels",
            IMAGE,
            float32(6, 1, 3, 3)));
    all.add(
        Mistake.of(
            new Conv2d(W3, 0, 1, false),
            "Conv2d: 0 groups must divide 4 input and 6 output channels",
            IMAGE,
            float32(6, 1, 3, 3)));
    all.add(
        Mistake.of(
            new Conv2d(W9, 1, 1, false),
            "Conv2d: a kernel of height 9 (dilation 1) does not fit an image of height 8 with"
                + " padding 0",
            IMAGE,
            float32(5, 4, 9, 9)));
    all.add(
        Mistake.of(
            new Conv2d(W3, 1, 1, true),
            "Conv2d: bias must be float32[5], but is float32[4]",
            IMAGE,
            float32(5, 4, 3, 3),
            float32(4)));
    all.add(
        Mistake.of(
            new Conv2dInputGradient(W3, 1, 1, IMAGE.shape()),
            "Conv2dInputGradient: gradient must be float32[2x5x8x8], but is float32[2x5x7x7]",
            float32(2, 5, 7, 7),
            float32(5, 4, 3, 3)));
    all.add(
        Mistake.of(
            new Conv2dWeightGradient(W3, 1, 1),
            "Conv2dWeightGradient: gradient must be float32[2x5x8x8], but is float32[2x5x7x7]",
            IMAGE,
            float32(2, 5, 7, 7)));
    all.add(
        Mistake.of(
            new Conv2dWeightGradient(W3, 0, 1),
            "Conv2dWeightGradient: 0 groups must divide 4 input and 5 output channels",
            IMAGE,
            float32(2, 5, 8, 8)));
    all.add(
        Mistake.of(
            new Dense(1, false),
            "Dense needs an input [batch, features], but was given [2x4x8x8]",
            IMAGE,
            float32(5, 4)));
    all.add(
        Mistake.of(
            new Dense(2, false),
            "Dense: weight must be float32[5x4], but is float32[5x3]",
            float32(3, 4),
            float32(5, 4),
            float32(5, 3)));
    all.add(
        Mistake.of(
            new DenseInputGradient(1),
            "DenseInputGradient: weight must be float32[5x4], but is float32[6x4]",
            float32(3, 5),
            float32(6, 4)));
    all.add(
        Mistake.of(
            new DenseWeightGradient(1),
            "DenseWeightGradient: gradient must be float32[3x5], but is float32[2x5]",
            float32(3, 4),
            float32(2, 5)));
  }

  private static void images(List<Mistake> all) {
    String needs = " needs an input [batch, channels, height, width], but was given [3]";
    all.add(Mistake.of(new Unfold(W3, 1), "Unfold" + needs, float32(3)));
    all.add(Mistake.of(new Unfold(W3, 3), "Unfold: 3 groups must divide 4 channels", IMAGE));
    all.add(Mistake.of(new Unfold(W3, 0), "Unfold: 0 groups must divide 4 channels", IMAGE));
    all.add(
        Mistake.of(
            new Unfold(W9, 1),
            "Unfold: a kernel of height 9 (dilation 1) does not fit an image of height 8 with"
                + " padding 0",
            IMAGE));
    all.add(
        Mistake.of(
            new Fold(W3, 1, IMAGE.shape()),
            "Fold: patches must be float32[2x1x36x64], but is float32[2x1x36x63]",
            float32(2, 1, 36, 63)));
    all.add(Mistake.of(new MaxPool2d(W3), "MaxPool2d" + needs, float32(3)));
    all.add(
        Mistake.of(
            new MaxPool2d(Window.square(3, 1, 2)),
            "MaxPool2d: padding 2x2 is more than half of the kernel 3x3",
            IMAGE));
    all.add(
        Mistake.of(
            new MaxPool2d(new Window(2, 2, 1, 1, 1, 1, 3, 3)),
            "MaxPool2d: a window of height 2 (dilation 3) sees nothing of an image of height 2 but"
                + " padding",
            float32(1, 1, 2, 2)));
    all.add(
        Mistake.of(
            new MaxPool2dGradient(Window.square(2, 2, 0)),
            "MaxPool2dGradient: gradient must be float32[2x4x4x4], but is float32[2x4x8x8]",
            IMAGE,
            IMAGE));
    all.add(
        Mistake.of(
            new AvgPool2d(W9, false),
            "AvgPool2d: a kernel of height 9 (dilation 1) does not fit an image of height 8 with"
                + " padding 0",
            IMAGE));
    all.add(
        Mistake.of(
            new AvgPool2dGradient(Window.square(2, 2, 0), false, IMAGE.shape()),
            "AvgPool2dGradient: gradient must be float32[2x4x4x4], but is float32[2x4x8x8]",
            IMAGE));
    all.add(
        Mistake.of(
            new BatchStatistics(),
            "BatchStatistics needs an input [batch, channels, …], but was given [3]",
            float32(3)));
    all.add(
        Mistake.of(
            new BatchNormalize(1e-5, true),
            "BatchNormalize: per-channel operand must be float32[4], but is float32[2]",
            IMAGE,
            float32(4),
            float32(4),
            float32(4),
            float32(2)));
    all.add(
        Mistake.of(
            new BatchNormGradient(1e-5),
            "BatchNormGradient: gradient must be float32[2x4x8x8], but is float32[2x4]",
            float32(2, 4),
            IMAGE,
            float32(4),
            float32(4),
            float32(4)));
  }

  private static void fused(List<Mistake> all) {
    OptionalDouble none = OptionalDouble.empty();
    all.add(
        Mistake.of(
            new FusedConv2d(
                new Conv2d(W3, 1, 1, false), new NormalizedForm(1, none, none, true, true)),
            "FusedConv2d: addend must be float32[2x5x8x8], but is float32[2x4x8x8]",
            IMAGE,
            float32(5, 4, 3, 3),
            IMAGE));
    all.add(
        Mistake.of(
            new Conv2dStatistics(new Conv2d(W3, 1, 1, false)),
            "Conv2d takes 2 operands, but was given 1: [float32[2x4x8x8]]",
            IMAGE));
    all.add(
        Mistake.of(
            new FusedNormalize(new NormalizedForm(2, none, none, false, true)),
            "FusedNormalize: map must be float32[2x4x8x8], but is float32[2x4]",
            IMAGE,
            float32(2, 4)));
    List<TensorType> operands =
        new ArrayList<>(List.of(float32(2, 4), float32(2, 4), float32(2, 4), IMAGE));
    operands.addAll(Collections.nCopies(11, float32(4)));
    all.add(
        Mistake.of(
            new QuadraticNormGradient(1e-5),
            "QuadraticNormGradient: map must be float32[2x4], but is float32[2x4x8x8]",
            operands.toArray(TensorType[]::new)));
  }

  private static void quadratic(List<Mistake> all) {
    Quadratic layer =
        new Quadratic(NeuronType.T4, new Dense(1, false), true, OptionalDouble.empty());
    TensorType x = float32(3, 4);
    TensorType weight = float32(5, 4);
    TensorType bias = float32(5);
    all.add(
        Mistake.of(
            layer,
            "QuadraticDense.T4 takes 5 operands, but was given 2: [float32[3x4], float32[5x4]]",
            x,
            weight));
    all.add(
        Mistake.of(
            layer,
            "QuadraticDense.T4: result of weight B must be float32[3x5], but is float32[3x6]",
            x,
            weight,
            float32(6, 4),
            bias,
            bias));
    all.add(
        Mistake.of(
            layer,
            "QuadraticDense.T4: bias, γ or β must be float32[5], but is float32[4]",
            x,
            weight,
            weight,
            bias,
            float32(4)));
    all.add(
        Mistake.of(
            new Quadratic(NeuronType.T1_PURE, new Dense(1, false), true, OptionalDouble.empty()),
            "QuadraticDense.T1_PURE: quadratic form must be float32[5x4x4], but is float32[5x4x3]",
            x,
            float32(5, 4, 3)));
    all.add(
        Mistake.of(
            new RecomputeGradient(layer, List.of(0)),
            "QuadraticDense.T4Gradient: gradient must be float32[3x5], but is float32[3x4]",
            x,
            weight,
            weight,
            bias,
            bias,
            x));
    all.add(
        Mistake.of(
            new RecomputeGradient(layer, List.of(0)),
            "QuadraticDense.T4Gradient takes 6 operands, but was given 0: []"));
  }
}
