package org.quadralib.contract;

import java.util.HashMap;
import java.util.Map;
import org.quadralib.graph.Graph;
import org.quadralib.graph.Node;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.AvgPool2d;
import org.quadralib.graph.op.AvgPool2dGradient;
import org.quadralib.graph.op.BatchNormGradient;
import org.quadralib.graph.op.BatchStatistics;
import org.quadralib.graph.op.Conv2d;
import org.quadralib.graph.op.Conv2dInputGradient;
import org.quadralib.graph.op.Conv2dWeightGradient;
import org.quadralib.graph.op.Dense;
import org.quadralib.graph.op.DenseInputGradient;
import org.quadralib.graph.op.DenseWeightGradient;
import org.quadralib.graph.op.Fold;
import org.quadralib.graph.op.GlobalNorm;
import org.quadralib.graph.op.MaxPool2dGradient;
import org.quadralib.graph.op.NegativeLogLikelihood;
import org.quadralib.graph.op.Softmax;
import org.quadralib.graph.op.Sum;
import org.quadralib.tensor.Shape;

/** How many terms a result accumulates: the most on any way from the inputs to it. */
final class Accumulation {
  private Accumulation() {}

  /** Accumulated terms of each output. */
  static Map<String, Long> of(Graph graph) {
    Map<Value, Long> terms = new HashMap<>();
    for (Node node : graph.nodes()) {
      long most = node.inputs().stream().mapToLong(v -> terms.getOrDefault(v, 0L)).max().orElse(0);
      long own = terms(node);
      node.outputs().forEach(output -> terms.put(output, most + own));
    }
    Map<String, Long> result = new HashMap<>();
    graph.outputs().forEach((name, value) -> result.put(name, terms.getOrDefault(value, 0L)));
    return result;
  }

  private static long terms(Node node) {
    Shape first = node.inputs().isEmpty() ? Shape.of() : node.inputs().getFirst().shape();
    Shape result = node.output().shape();
    return switch (node.op()) {
      case Dense op -> first.dim(1);
      case DenseInputGradient op -> (long) op.maps() * first.dim(1);
      case DenseWeightGradient op -> first.dim(0);
      case Conv2d op -> node.inputs().get(1).shape().elements() / result.dim(1);
      case Conv2dInputGradient op ->
          (long) op.maps() * first.dim(1) / op.groups() * op.window().taps();
      case Conv2dWeightGradient op -> {
        Shape g = node.inputs().get(1).shape();
        yield g.elements() / g.dim(1);
      }
      case Sum op -> first.elements() / result.elements();
      case AvgPool2d op -> op.window().taps();
      case AvgPool2dGradient op -> op.window().taps();
      case MaxPool2dGradient op -> op.window().taps();
      case Fold op -> op.window().taps();
      case BatchStatistics op -> first.elements() / first.dim(1);
      case BatchNormGradient op -> first.elements() / first.dim(1);
      case Softmax op -> first.dim(-1);
      case NegativeLogLikelihood op -> first.elements();
      case GlobalNorm op -> node.inputs().stream().mapToLong(v -> v.shape().elements()).sum();
      default -> 1;
    };
  }
}
