package org.quadralib.lowering;

import java.util.function.Predicate;
import org.quadralib.autodiff.Composites;
import org.quadralib.graph.Graph;
import org.quadralib.graph.op.Composite;

/** Writes out the composites that a backend does not run as one kernel. */
public final class Lowering {
  private Lowering() {}

  /**
   * The same computation in operations the backend has.
   *
   * @param isNative which composites the backend runs itself
   */
  public static Graph lower(Graph graph, Predicate<Composite> isNative) {
    return GraphCopy.of(
        graph,
        (builder, node, inputs) ->
            node.op() instanceof Composite composite && !isNative.test(composite)
                ? Composites.expand(builder, composite, inputs)
                : builder.applyAll(node.op(), inputs));
  }
}
