package org.quadralib.graph;

import org.quadralib.graph.op.Conv2d;
import org.quadralib.graph.op.Conv2dInputGradient;
import org.quadralib.graph.op.Conv2dStatistics;
import org.quadralib.graph.op.Conv2dWeightGradient;
import org.quadralib.graph.op.Dense;
import org.quadralib.graph.op.DenseInputGradient;
import org.quadralib.graph.op.DenseWeightGradient;
import org.quadralib.graph.op.FusedConv2d;
import org.quadralib.graph.op.LinearOp;
import org.quadralib.graph.op.MulAdd;
import org.quadralib.graph.op.NeuronType;
import org.quadralib.graph.op.Quadratic;
import org.quadralib.graph.op.RecomputeGradient;
import org.quadralib.tensor.Shape;

/**
 * Multiply-accumulate operations, as the field counts them: those of linear maps and of quadratic
 * forms, and {@code a∘b + c}; normalisation, activations and pooling count nothing.
 */
public final class Cost {
  private Cost() {}

  /** Multiply-accumulates of one node. A gradient of a composite must be written out before. */
  public static long macs(Node node) {
    return switch (node.op()) {
      case LinearOp op -> op.maps() * macsOfOneMap(node, op);
      case Conv2dStatistics op -> op.convolution().maps() * macsOfOneMap(node, op.convolution());
      case FusedConv2d op -> op.convolution().maps() * macsOfOneMap(node, op.convolution());
      case Quadratic op -> {
        Shape weight = op.firstOrderWeight(node.inputs().getFirst().type(), 1).shape();
        yield node.output().shape().elements() * macsPerNeuron(op.type(), weight.elements());
      }
      case MulAdd op -> node.output().shape().elements();
      case RecomputeGradient op ->
          throw new IllegalArgumentException(op.name() + " has a cost only when written out");
      default -> 0;
    };
  }

  /** Multiply-accumulates of all nodes. */
  public static long macs(Graph graph) {
    return graph.nodes().stream().mapToLong(Cost::macs).sum();
  }

  /** For one result of a neuron with {@code n} inputs. */
  static long macsPerNeuron(NeuronType type, long n) {
    return switch (type) {
      case FIRST_ORDER, T2 -> n;
      case T1 -> n * n + 2 * n;
      case T1_PURE -> n * n + n;
      case T3 -> n + 1;
      case T4 -> 2 * n + 1;
      case T1_AND_2 -> n * n + 2 * n;
      case T2_AND_4, QUADRA -> 3 * n + 1;
    };
  }

  /** An adjoint costs what the map costs. */
  private static long macsOfOneMap(Node node, LinearOp op) {
    Shape first = node.inputs().getFirst().shape();
    Shape result = node.output().shape();
    return switch (op) {
      case Conv2d c -> result.elements() * weightsPerOutput(node.inputs().get(1).shape());
      case Dense d -> result.elements() * weightsPerOutput(node.inputs().get(1).shape());
      case Conv2dInputGradient c ->
          first.elements() * weightsPerOutput(node.inputs().get(c.maps()).shape());
      case DenseInputGradient d ->
          first.elements() * weightsPerOutput(node.inputs().get(d.maps()).shape());
      case Conv2dWeightGradient c ->
          node.inputs().get(1).shape().elements() * weightsPerOutput(result);
      case DenseWeightGradient d ->
          node.inputs().get(1).shape().elements() * weightsPerOutput(result);
    };
  }

  private static long weightsPerOutput(Shape weight) {
    return weight.span(1, weight.rank());
  }
}
