package org.quadralib.autobuild;

import org.quadralib.backend.Backend;
import org.quadralib.layers.Layer;
import org.quadralib.layers.ModelSummary;
import org.quadralib.tensor.Shape;
import org.quadralib.train.Recipe;
import org.quadralib.train.TrainingGraph;

/**
 * What a network costs.
 *
 * @param parameters trainable ones
 * @param macs multiply-accumulates for one example
 * @param savedBytes kept from the forward to the backward pass of a training step
 */
public record Cost(long parameters, long macs, long savedBytes) {
  /** Measures a network without running it. */
  static Cost of(Layer network, Shape example, Recipe recipe, int batch, Backend backend) {
    ModelSummary summary = ModelSummary.of(network, example);
    long saved =
        backend.plan(TrainingGraph.trace(network, example, recipe, batch).graph()).savedBytes();
    return new Cost(summary.parameters(), summary.macs(), saved);
  }
}
