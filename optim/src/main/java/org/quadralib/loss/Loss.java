package org.quadralib.loss;

import org.quadralib.graph.GraphBuilder;
import org.quadralib.graph.Value;
import org.quadralib.tensor.TensorType;

/**
 * What training makes small. A loss is a description; tracing it records its arithmetic.
 *
 * <p>A loss on class labels takes no account of rows whose label is negative: they fill up a batch.
 * Losses on numbers are {@link ElementwiseLoss}.
 */
public interface Loss {
  /**
   * Type of the targets for a network's output.
   *
   * @param logits type of the output, {@code [batch, …]}
   */
  TensorType targetType(TensorType logits);

  /**
   * Records the loss.
   *
   * @param logits the network's output
   * @param target of the type that {@link #targetType} gives
   * @return a scalar: the mean over the batch
   */
  Value trace(GraphBuilder graph, Value logits, Value target);
}
