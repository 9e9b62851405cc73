package org.quadralib.lowering;

import java.util.List;
import java.util.stream.IntStream;
import org.quadralib.graph.Graph;
import org.quadralib.graph.Node;
import org.quadralib.graph.op.BatchNormGradient;
import org.quadralib.graph.op.Fill;
import org.quadralib.graph.op.Sum;

/**
 * Replaces sums that are known to be zero. The gradient that comes back through a batch
 * normalisation has no mean: {@code Σ dx = γ/σ (Σg − m·Σg/m − 0) = 0} for each channel. So the bias
 * of a convolution before it has the gradient zero, and need not be summed; what a sum would give
 * is rounding.
 */
final class ZeroSums {
  private ZeroSums() {}

  static Graph replace(Graph graph) {
    Uses uses = new Uses(graph);
    List<Node> nodes =
        graph.nodes().stream().map(node -> isZero(uses, node) ? zero(node) : node).toList();
    return new Graph(graph.inputs(), graph.states(), nodes, graph.outputs());
  }

  private static boolean isZero(Uses uses, Node node) {
    return node.op() instanceof Sum sum
        && uses.producer(node.inputs().getFirst()) instanceof Node producer
        && producer.op() instanceof BatchNormGradient
        && producer.output() == node.inputs().getFirst()
        && sum.axes().containsAll(allButChannels(node));
  }

  private static List<Integer> allButChannels(Node sum) {
    int rank = sum.inputs().getFirst().shape().rank();
    return IntStream.range(0, rank).filter(axis -> axis != 1).boxed().toList();
  }

  private static Node zero(Node sum) {
    Fill fill = new Fill(sum.output().type(), 0);
    return new Node(fill, List.of(), sum.outputs(), sum.phase(), sum.scope());
  }
}
