package org.quadralib.loss;

import org.quadralib.graph.GraphBuilder;
import org.quadralib.graph.Ops;
import org.quadralib.graph.Value;
import org.quadralib.tensor.TensorType;

/** A loss that compares each element of the output with one of the target, and takes the mean. */
public interface ElementwiseLoss extends Loss {
  /** Records the loss of each element; the result has the shape of the output. */
  Value elements(Ops ops, Value output, Value target);

  @Override
  default TensorType targetType(TensorType output) {
    return output;
  }

  @Override
  default Value trace(GraphBuilder graph, Value output, Value target) {
    Ops ops = new Ops(graph);
    return ops.mean(elements(ops, output, target));
  }
}
