package org.quadralib.graph.op;

import static org.quadralib.tensor.TensorType.float32;

import java.util.ArrayList;
import java.util.List;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.TensorType;

/** Operands that do not fit arithmetic, movement, losses and updates. */
final class ArithmeticMistakes {
  private static final TensorType LABELS = new TensorType(DType.INT32, Shape.of(3));

  private ArithmeticMistakes() {}

  static List<Mistake> all() {
    List<Mistake> all = new ArrayList<>();
    elementwise(all);
    movement(all);
    losses(all);
    updates(all);
    return all;
  }

  private static void elementwise(List<Mistake> all) {
    all.add(
        Mistake.of(
            new Unary(UnaryFunction.RELU, 0, 0),
            "Unary.RELU takes 1 operands, but was given 2: [float32[3], float32[3]]",
            float32(3),
            float32(3)));
    all.add(
        Mistake.of(
            new UnaryGradient(UnaryFunction.TANH, 0, 0),
            "UnaryGradient.TANH: gradient must be float32[4], but is float32[3]",
            float32(3),
            float32(4)));
    all.add(
        Mistake.of(
            new Binary(Binary.Function.ADD),
            "Binary.ADD: shapes [2x3] and [2x4] do not broadcast",
            float32(2, 3),
            float32(2, 4)));
    all.add(
        Mistake.of(
            new Binary(Binary.Function.MUL),
            "Binary.MUL: element types of float32[3] and float64[3] differ",
            float32(3),
            new TensorType(DType.FLOAT64, Shape.of(3))));
    all.add(
        Mistake.of(
            new MulAdd(),
            "MulAdd: addend must be float32[3], but is float32[1]",
            float32(3),
            float32(3),
            float32(1)));
    all.add(
        Mistake.of(
            new Dropout(0.5, 1),
            "Dropout: counter must be int64[2], but is float32[2]",
            float32(3),
            float32(2)));
  }

  private static void movement(List<Mistake> all) {
    all.add(Mistake.of(new Sum(List.of(2)), "Sum: axis 2 is not one of [3x4]", float32(3, 4)));
    all.add(
        Mistake.of(
            new Broadcast(Shape.of(3, 4)),
            "Broadcast: [2] does not broadcast to [3x4]",
            float32(2)));
    all.add(
        Mistake.of(
            new Broadcast(Shape.of(4)),
            "Broadcast: [3x4] does not broadcast to [4]",
            float32(3, 4)));
    all.add(
        Mistake.of(
            new Reshape(Shape.of(5)), "Reshape: [2x3] has 6 elements, [5] has 5", float32(2, 3)));
    all.add(
        Mistake.of(
            new Transpose(List.of(0, 0)),
            "Transpose: [0, 0] is not a permutation of the axes of [2x3]",
            float32(2, 3)));
    all.add(
        Mistake.of(
            new Concat(0),
            "Concat: float32[2x3] and float32[2x4] differ in more than axis 0",
            float32(2, 3),
            float32(2, 4)));
    all.add(Mistake.of(new Concat(0), "Concat: nothing to join"));
    all.add(
        Mistake.of(
            new Slice(1, 2, 4), "Slice: [2, 4) is not a part of axis 1 of [2x3]", float32(2, 3)));
    all.add(
        Mistake.of(
            new Pad(0, -1, 0), "Pad: cannot add -1 and 0 zeros on axis 0 of [2x3]", float32(2, 3)));
    all.add(
        Mistake.of(
            new Fill(float32(3), 1),
            "Fill takes 0 operands, but was given 1: [float32[3]]",
            float32(3)));
  }

  private static void losses(List<Mistake> all) {
    all.add(
        Mistake.of(
            new Softmax(false), "Softmax needs at least one axis, but was given []", float32()));
    all.add(
        Mistake.of(
            new NegativeLogLikelihood(0),
            "NegativeLogLikelihood: labels must be int32[5], but is int32[3]",
            float32(5, 10),
            LABELS));
    all.add(
        Mistake.of(
            new NegativeLogLikelihoodGradient(0, 10),
            "NegativeLogLikelihoodGradient: labels must be int32[n], but are float32[3]",
            float32(),
            float32(3)));
    all.add(
        Mistake.of(
            new CorrectPredictions(),
            "CorrectPredictions: labels must be int32[5], but is int32[3]",
            float32(5, 10),
            LABELS));
    all.add(Mistake.of(new GlobalNorm(), "GlobalNorm: no operands"));
  }

  private static void updates(List<Mistake> all) {
    TensorType w = float32(3);
    all.add(
        Mistake.of(
            new MovingAverage(0.1, 1),
            "MovingAverage: batch value must be float32[3], but is float32[4]",
            w,
            float32(4)));
    all.add(
        Mistake.of(
            new SgdUpdate(0.9, 0, false),
            "SgdUpdate takes 4 operands, but was given 3: [float32[3], float32[3], float32[1]]",
            w,
            w,
            float32(1)));
    all.add(
        Mistake.of(
            new SgdUpdate(0, 0, false),
            "SgdUpdate: learning rate must be float32[1], but is float32[]",
            w,
            w,
            float32()));
    all.add(
        Mistake.of(
            new AdamUpdate(0.9, 0.999, 1e-8, 0, true),
            "AdamUpdate: step sizes must be float32[3], but is float32[1]",
            w,
            w,
            w,
            w,
            float32(1)));
    all.add(
        Mistake.of(
            new AdadeltaUpdate(0.9, 1e-6, 0),
            "AdadeltaUpdate: operand must be float32[3], but is float32[2]",
            w,
            float32(2),
            w,
            w,
            float32(1)));
  }
}
