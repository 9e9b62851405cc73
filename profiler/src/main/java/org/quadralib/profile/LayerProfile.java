package org.quadralib.profile;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import org.quadralib.layers.Backprop;
import org.quadralib.tensor.Shape;

/**
 * One layer of a profiled step.
 *
 * @param path in the state dictionary
 * @param operation in the words in which the layer was written down
 * @param output shape for one example, batch first
 * @param parameters trainable ones
 * @param macs multiply-accumulates of the forward pass for one example
 * @param savedBytes what the layer's results keep from the forward for the backward pass, with each
 *     way of back-propagation
 * @param workspaceBytes largest scratch memory of one of its kernels
 * @param forwardMillis time of its forward operations
 * @param backwardMillis time of its gradients and updates, recomputation included
 * @param gigaflops two for each multiply-accumulate that was done, forward, recomputed and
 *     backward, per nanosecond of the layer's whole time
 */
public record LayerProfile(
    String path,
    String operation,
    Shape output,
    long parameters,
    long macs,
    Map<Backprop, Long> savedBytes,
    long workspaceBytes,
    double forwardMillis,
    double backwardMillis,
    double gigaflops) {
  /** Copies the map. */
  public LayerProfile {
    savedBytes = Collections.unmodifiableMap(new EnumMap<>(savedBytes));
  }
}
