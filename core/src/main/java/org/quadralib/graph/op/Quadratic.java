package org.quadralib.graph.op;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.quadralib.graph.op.NeuronType.Map;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.ShapeException;
import org.quadralib.tensor.TensorType;

/**
 * A layer of quadratic neurons, dense or convolutional, as one operation. Operands: {@code x}; the
 * weights in the order of {@link NeuronType#maps()}; with bias, one {@code [out]} for each of
 * {@link NeuronType#biasedMaps()}; with branch normalisation, {@code γ} and {@code β [out]} for
 * each weight. Results: {@code y}; with branch normalisation, mean and variance {@code [out]} of
 * each branch.
 *
 * @param map how a weight is applied: {@link Dense} or {@link Conv2d}, with one map and no bias
 * @param branchNorm ε of a batch normalisation of each branch: {@code BN(A) ∘ BN(B) + BN(C)}; only
 *     for {@link NeuronType#QUADRA}
 */
public record Quadratic(NeuronType type, LinearOp map, boolean bias, OptionalDouble branchNorm)
    implements Composite {

  /** Rejects combinations that have no meaning. */
  public Quadratic {
    boolean plain =
        switch (map) {
          case Conv2d conv -> !conv.bias();
          case Dense dense -> !dense.bias();
          default -> false;
        };
    if (!plain || map.maps() != 1) {
      throw new ShapeException(
          "a quadratic layer applies Dense or Conv2d with one map and no bias, not " + map);
    }
    if (branchNorm.isPresent() && type != NeuronType.QUADRA) {
      throw new ShapeException(
          "Quadratic%s: branch normalisation is defined for quadra neurons, not for %s"
              .formatted(map.name(), type.written()));
    }
  }

  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    int weights = type.maps().size();
    int norms = branchNorm.isPresent() ? 2 * weights : 0;
    Operands.count(this, operands, operandCount());
    TensorType x = operands.get(0);
    List<TensorType> results = new ArrayList<>();
    for (int i = 0; i < weights; i++) {
      TensorType weight = operands.get(1 + i);
      if (type.maps().get(i) == Map.Q) {
        Operands.rank(this, weight, 3, "a quadratic form [out, n, n]");
        weight = firstOrderWeight(x, weight.shape().dim(0));
        int n = weight.shape().span(1, weight.shape().rank());
        Operands.same(
            this,
            "quadratic form",
            x.with(Shape.of(weight.shape().dim(0), n, n)),
            operands.get(1 + i));
      }
      TensorType result = map.infer(List.of(x, weight)).get(0);
      if (results.isEmpty()) {
        results.add(result);
      }
      Operands.same(this, "result of weight " + type.maps().get(i), results.getFirst(), result);
    }
    TensorType y = results.getFirst();
    TensorType perOutput = y.with(Shape.of(y.shape().dim(1)));
    for (TensorType vector : operands.subList(1 + weights, operands.size())) {
      Operands.same(this, "bias, γ or β", perOutput, vector);
    }
    for (int i = 0; i < norms; i++) {
      results.add(perOutput);
    }
    return results;
  }

  /** Number of operands. */
  int operandCount() {
    int weights = type.maps().size();
    int biases = bias ? type.biasedMaps().size() : 0;
    return 1 + weights + biases + (branchNorm.isPresent() ? 2 * weights : 0);
  }

  /** Type of a first-order weight of this layer: the neuron's input has its trailing extents. */
  public TensorType firstOrderWeight(TensorType x, int out) {
    return switch (map) {
      case Conv2d conv ->
          x.with(
              Shape.of(
                  out,
                  x.shape().dim(1) / conv.groups(),
                  conv.window().kernelHeight(),
                  conv.window().kernelWidth()));
      default -> x.with(Shape.of(out, x.shape().dim(1)));
    };
  }

  /** The convolution, if this is not a dense layer. */
  public Optional<Conv2d> convolution() {
    return map instanceof Conv2d conv ? Optional.of(conv) : Optional.empty();
  }

  @Override
  public String name() {
    return "Quadratic" + map.name() + "." + type;
  }
}
