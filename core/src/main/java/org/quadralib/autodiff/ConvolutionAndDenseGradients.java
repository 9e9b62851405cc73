package org.quadralib.autodiff;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.Conv2d;
import org.quadralib.graph.op.Conv2dInputGradient;
import org.quadralib.graph.op.Conv2dWeightGradient;
import org.quadralib.graph.op.Dense;
import org.quadralib.graph.op.DenseInputGradient;
import org.quadralib.graph.op.DenseWeightGradient;
import org.quadralib.graph.op.LinearOp;
import org.quadralib.tensor.Shape;

/**
 * A linear map and its two adjoints differentiate into one another: for {@code y = L(x, w)} with
 * {@code L} linear in each operand, {@code dx = Lˣ(g, w)} and {@code dw = Lʷ(x, g)}; the
 * derivatives of {@code Lˣ} are {@code L} and {@code Lʷ}, those of {@code Lʷ} are {@code Lˣ} and
 * {@code L}.
 */
final class ConvolutionAndDenseGradients {
  private final GradientContext context;
  private final LinearOp op;
  private final List<Integer> maps; // those that a gradient reaches
  private final List<Value> gradients;

  private ConvolutionAndDenseGradients(GradientContext context, LinearOp op) {
    this.context = context;
    this.op = op;
    this.maps = new ArrayList<>();
    this.gradients = new ArrayList<>();
    for (int i = 0; i < context.outputGradients().size(); i++) {
      if (context.outputGradients().get(i) instanceof Value gradient) {
        maps.add(i);
        gradients.add(gradient);
      }
    }
  }

  static List<@Nullable Value> of(GradientContext context, LinearOp op) {
    var rule = new ConvolutionAndDenseGradients(context, op);
    return switch (op) {
      case Conv2d conv -> rule.ofForward(conv.bias());
      case Dense dense -> rule.ofForward(dense.bias());
      case Conv2dInputGradient conv -> rule.ofInputGradient();
      case DenseInputGradient dense -> rule.ofInputGradient();
      case Conv2dWeightGradient conv -> rule.ofWeightGradient();
      case DenseWeightGradient dense -> rule.ofWeightGradient();
    };
  }

  /** Operands {@code x, w…, b…}; gradients {@code g…} of the results. */
  private List<@Nullable Value> ofForward(boolean bias) {
    Value[] result = new Value[context.node().inputs().size()];
    if (context.needs(0)) {
      result[0] =
          apply(op.inputGradient(maps.size(), context.shape(0)), gradients, operands(1)).getFirst();
    }
    if (anyNeeded(1)) {
      LinearOp weightGradient = op.weightGradient(maps.size(), context.shape(1));
      place(result, 1, apply(weightGradient, List.of(context.input(0)), gradients));
    }
    if (bias) {
      List<Value> sums =
          gradients.stream().map(g -> perChannelSum(g, context.shape(1 + op.maps()))).toList();
      place(result, 1 + op.maps(), sums);
    }
    return Arrays.asList(result);
  }

  /** Operands {@code g…, w…}; {@code v} is the gradient of {@code dx}. */
  private List<@Nullable Value> ofInputGradient() {
    int count = op.maps();
    Value v = context.gradient();
    List<Value> g = context.inputs(0, count);
    List<Value> w = context.inputs(count, 2 * count);
    List<@Nullable Value> result = new ArrayList<>();
    result.addAll(apply(op.forward(count, false), List.of(v), w));
    result.addAll(apply(op.weightGradient(count, w.getFirst().shape()), List.of(v), g));
    return result;
  }

  /** Operands {@code x, g…}; {@code u…} are the gradients of {@code dw…}. */
  private List<@Nullable Value> ofWeightGradient() {
    Value[] result = new Value[context.node().inputs().size()];
    result[0] =
        apply(op.inputGradient(maps.size(), context.shape(0)), operands(1), gradients).getFirst();
    place(result, 1, apply(op.forward(maps.size(), false), List.of(context.input(0)), gradients));
    return Arrays.asList(result);
  }

  private Value perChannelSum(Value g, Shape bias) {
    Integer[] allButChannels =
        IntStream.range(0, g.shape().rank()).filter(a -> a != 1).boxed().toArray(Integer[]::new);
    return context.ops().reshape(context.ops().sum(g, allButChannels), bias);
  }

  /** One operand for each map that a gradient reaches. */
  private List<Value> operands(int from) {
    return maps.stream().map(map -> context.input(from + map)).toList();
  }

  private boolean anyNeeded(int from) {
    return maps.stream().anyMatch(map -> context.needs(from + map));
  }

  private void place(@Nullable Value[] result, int from, List<Value> values) {
    for (int i = 0; i < maps.size(); i++) {
      result[from + maps.get(i)] = values.get(i);
    }
  }

  private List<Value> apply(LinearOp linear, List<Value> first, List<Value> second) {
    List<Value> operands = new ArrayList<>(first);
    operands.addAll(second);
    return context.graph().applyAll(linear, operands);
  }
}
