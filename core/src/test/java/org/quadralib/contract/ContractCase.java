package org.quadralib.contract;

import java.util.function.Consumer;
import org.quadralib.graph.op.Op;

/**
 * One entry of the list from which correctness, gradients and the table of support all come.
 *
 * @param op the operation it is about: its row in the table
 * @param name what is particular about it, unique among the cases of the operation
 * @param graph traces it
 * @param bound how exact float32 results must be
 * @param order how many times it can be differentiated: 0, 1 or 2 for any number
 */
record ContractCase(
    Class<? extends Op> op, String name, Consumer<CaseGraph> graph, Bound bound, int order) {

  /** A case that can be differentiated any number of times. */
  static ContractCase smooth(
      Class<? extends Op> op, String name, Bound bound, Consumer<CaseGraph> graph) {
    return new ContractCase(op, name, graph, bound, 2);
  }

  /** A case whose derivative has no derivative. */
  static ContractCase once(
      Class<? extends Op> op, String name, Bound bound, Consumer<CaseGraph> graph) {
    return new ContractCase(op, name, graph, bound, 1);
  }

  /** A case without a derivative. */
  static ContractCase plain(
      Class<? extends Op> op, String name, Bound bound, Consumer<CaseGraph> graph) {
    return new ContractCase(op, name, graph, bound, 0);
  }

  /** The gradients of this case, with respect to all its variables, as a case of their own. */
  ContractCase gradient() {
    Consumer<CaseGraph> gradient = graph.andThen(CaseGraph::differentiate);
    // A derivative can vanish, by cancellation, where the function does not.
    Bound sums = bound instanceof Bound.Accumulated ? bound : new Bound.Accumulated(1, true);
    return new ContractCase(op, name + ", gradient", gradient, sums, order - 1);
  }

  /** Operation and name. */
  String title() {
    return op.getSimpleName() + " " + name;
  }
}
