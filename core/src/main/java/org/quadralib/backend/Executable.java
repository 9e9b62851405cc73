package org.quadralib.backend;

import java.util.Optional;
import org.quadralib.graph.Value;
import org.quadralib.plan.Plan;
import org.quadralib.tensor.Tensor;

/**
 * A plan with memory, ready to run any number of times. Not thread-safe. It lives in the arena it
 * was compiled into.
 */
public interface Executable {
  /** What it runs. */
  Plan plan();

  /**
   * The memory of an input, to be filled before a run; its contents stay from run to run.
   *
   * @throws IllegalArgumentException if there is no such input
   */
  Tensor input(String name);

  /**
   * The memory of an output, valid after a run until the next. A device leaves outputs that were
   * never asked for where they are, and brings the others here after each run.
   *
   * @throws IllegalArgumentException if there is no such output
   */
  Tensor output(String name);

  /**
   * The memory of any value of the plan's graph, for who watches a run: it holds the value from the
   * node that computes it to the last that reads it, then others take its place. Empty where values
   * are not in the memory of this process.
   */
  default Optional<Tensor> value(Value value) {
    return Optional.empty();
  }

  /**
   * Lets a device keep the states to itself between runs. Until then every run takes the states
   * from their tensors and puts them back; from then on the tensors are as {@link #fetchState} last
   * left them, and changes to them count after {@link #sendState}. Where kernels work on the
   * tensors themselves, as on a processor, none of the three does anything.
   */
  default void detachState() {}

  /** Makes the tensors of the states hold what the last run left. */
  default void fetchState() {}

  /** Makes the next run start from what the tensors of the states hold. */
  default void sendState() {}

  /** What has passed between host and device so far. */
  default Traffic traffic() {
    return Traffic.NONE;
  }

  /**
   * Bytes of memory it holds on a device, as the device's driver counts them, once it ran; the
   * plan's slab is as large. 0 on a processor.
   */
  default long deviceBytes() {
    return 0;
  }

  /** Makes a device measure its runs from now on, or no longer. Each launch then takes longer. */
  default void measureDevice(boolean on) {}

  /**
   * What the device measured since {@link #measureDevice} was last called; compile times are those
   * of the first launches, whenever they were. Empty on a processor.
   */
  default Optional<DeviceProfile> deviceProfile() {
    return Optional.empty();
  }

  /** Runs all nodes. */
  default void run() {
    run(ExecutionListener.NONE);
  }

  /** Runs all nodes and reports each. */
  void run(ExecutionListener listener);
}
