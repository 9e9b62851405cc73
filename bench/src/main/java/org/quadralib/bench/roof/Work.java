package org.quadralib.bench.roof;

import java.util.Collection;
import org.quadralib.graph.Cost;
import org.quadralib.graph.Node;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.RecomputeGradient;

/**
 * What a computation has to do at least.
 *
 * @param flops of linear maps and quadratic forms, two for a multiply-accumulate
 * @param bytes of all operands and results, each read or written once
 */
public record Work(double flops, double bytes) {
  /** Of one operation. */
  public static Work of(Node node) {
    // A gradient that a backend computes as a whole has no cost of its own in the books.
    double flops = node.op() instanceof RecomputeGradient ? 0 : 2.0 * Cost.macs(node);
    double read = node.inputs().stream().distinct().mapToDouble(Work::bytes).sum();
    return new Work(flops, read + node.outputs().stream().mapToDouble(Work::bytes).sum());
  }

  /** Of several operations. */
  public static Work of(Collection<Node> nodes) {
    return nodes.stream().map(Work::of).reduce(new Work(0, 0), Work::plus);
  }

  /** Both together. */
  public Work plus(Work other) {
    return new Work(flops + other.flops, bytes + other.bytes);
  }

  private static double bytes(Value value) {
    return value.type().bytes();
  }
}
