package org.quadralib.budget;

import org.quadralib.backend.Backend;
import org.quadralib.layers.Backprop;
import org.quadralib.layers.Layer;
import org.quadralib.layers.Mode;
import org.quadralib.layers.Model;
import org.quadralib.memory.MemoryLimitException;
import org.quadralib.plan.Plan;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Shape;
import org.quadralib.train.Recipe;
import org.quadralib.train.TrainingGraph;

/**
 * The training steps there are to choose from: one network, recipe and backend.
 *
 * @param example shape of one example, without the batch
 * @param recipe whose own choice of back-propagation does not matter
 */
public record Steps(Layer layer, Shape example, Recipe recipe, Backend backend) {

  /** The step with a batch and a choice, planned. */
  public Plan plan(int batch, BackpropChoice choice) {
    return backend.plan(
        TrainingGraph.trace(layer, example, recipe.backprop(choice), batch).graph());
  }

  /** Bytes of the step; more than any budget if it cannot even be planned. */
  public long peakBytes(int batch, BackpropChoice choice) {
    try {
      return plan(batch, choice).peakBytes();
    } catch (MemoryLimitException e) {
      return Math.max(e.neededBytes(), Long.MAX_VALUE / 4);
    }
  }

  /** The same way for all layers that leave it to the run and know it. */
  public BackpropChoice uniform(Backprop way) {
    return segments().uniform(way);
  }

  /** The segments between layers that have a choice. */
  Segments segments() {
    Model.Traced traced =
        Model.trace(layer, example, 1, Mode.TRAIN, DType.FLOAT32, path -> Backprop.AUTODIFF);
    return Segments.of(traced.graph().build(), traced.trace().choices());
  }
}
