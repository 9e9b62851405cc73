package org.quadralib.backend;

import java.util.List;

/**
 * What a device measured of a plan, summed over its runs.
 *
 * @param nodes one for each node of the plan's graph
 * @param feeding the inputs before, and the outputs after the nodes
 * @param copiedBytes to the device as its driver counts them, what comes with each launch included
 * @param returnedBytes that kernels sent back unasked
 */
public record DeviceProfile(
    List<DeviceTimes> nodes, DeviceTimes feeding, long copiedBytes, long returnedBytes) {
  /** Copies the list. */
  public DeviceProfile {
    nodes = List.copyOf(nodes);
  }
}
