package org.quadralib.profile;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.quadralib.layers.Backprop;
import org.quadralib.layers.LayerLabels;

/**
 * A training step taken apart: what it holds when, as planned and as measured, and where its time
 * goes.
 *
 * @param subject what was profiled
 * @param timeline live bytes by operation
 * @param operationMillis time of each operation, in the order of the timeline
 * @param layers in the order of the network
 * @param labels names of the layers for people
 * @param predictedPeakBytes what the plan says the step holds
 * @param measuredPeakBytes what the arenas held at most
 * @param residentGrowthBytes by how much the resident memory of the process grew from before the
 *     model to the last step, JIT compiler and heap included; empty where the operating system does
 *     not say
 * @param highestResidentGrowthBytes the same at its highest, which is while kernels are compiled
 * @param savedBytes kept from the forward for the backward pass with each way of back-propagation
 * @param stepSavedBytes the same as the step was run
 * @param stepMillis median time of a training step
 * @param inferMillis median time of inference on a batch
 * @param parameters trainable ones
 * @param macs multiply-accumulates of inference for one example
 * @param device what a device measured itself; times of operations are then those of its kernels.
 *     Empty on a processor
 */
public record Profile(
    Subject subject,
    Timeline timeline,
    List<Double> operationMillis,
    List<LayerProfile> layers,
    LayerLabels labels,
    long predictedPeakBytes,
    long measuredPeakBytes,
    OptionalLong residentGrowthBytes,
    OptionalLong highestResidentGrowthBytes,
    Map<Backprop, Long> savedBytes,
    long stepSavedBytes,
    double stepMillis,
    double inferMillis,
    long parameters,
    long macs,
    Optional<DeviceStep> device) {
  /** Copies the collections. */
  public Profile {
    operationMillis = List.copyOf(operationMillis);
    layers = List.copyOf(layers);
    savedBytes = Collections.unmodifiableMap(new EnumMap<>(savedBytes));
  }

  /**
   * What was profiled.
   *
   * @param model its name
   * @param input shape of an example, as {@code CxHxW}
   * @param batch examples in a step
   * @param backprop how layers were differentiated, for people
   * @param backend what computed
   * @param steps timed
   */
  public record Subject(
      String model, String input, int batch, String backprop, String backend, int steps) {}
}
