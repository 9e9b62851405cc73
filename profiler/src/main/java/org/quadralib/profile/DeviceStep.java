package org.quadralib.profile;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.quadralib.backend.DeviceProfile;
import org.quadralib.backend.DeviceTimes;
import org.quadralib.backend.Executable;
import org.quadralib.backend.Traffic;
import org.quadralib.graph.Graph;
import org.quadralib.graph.Node;
import org.quadralib.train.TrainingGraph;

/**
 * A training step on a device, as the device's own profiler sees it.
 *
 * @param rows times by kind of operation, the longest first
 * @param feeding times of what goes in before and comes out after the operations
 * @param traffic what the backend sent, received and launched in a step
 * @param inputBytes of all inputs of a step: the batch, its labels and a few numbers
 * @param lossBytes of the loss, the only output that is asked for
 * @param countedBytes to the device in a step as its profiler counts them: with each launch comes a
 *     frame of arguments
 * @param returnedBytes that kernels sent back unasked in a step
 * @param plannedBytes of device memory
 * @param allocatedBytes of device memory, as the driver counts them
 */
public record DeviceStep(
    List<Row> rows,
    Row feeding,
    Traffic traffic,
    long inputBytes,
    long lossBytes,
    long countedBytes,
    long returnedBytes,
    long plannedBytes,
    long allocatedBytes) {
  /** Copies the rows. */
  public DeviceStep {
    rows = List.copyOf(rows);
  }

  /**
   * Times of one kind of operation.
   *
   * @param operation its name
   * @param kernelMillis in a step
   * @param transferMillis in a step
   * @param compileMillis of its kernels, once
   */
  public record Row(
      String operation, double kernelMillis, double transferMillis, double compileMillis) {
    private static Row of(String operation, DeviceTimes times, int steps) {
      return new Row(
          operation,
          times.kernel() / 1e6 / steps,
          times.transfer() / 1e6 / steps,
          times.compile() / 1e6);
    }
  }

  /**
   * What a device measured; empty on a processor.
   *
   * @param traffic of all steps
   * @param steps that were measured
   */
  static Optional<DeviceStep> of(Executable executable, Traffic traffic, int steps) {
    return executable.deviceProfile().map(profile -> of(profile, executable, traffic, steps));
  }

  private static DeviceStep of(
      DeviceProfile profile, Executable executable, Traffic traffic, int steps) {
    Graph graph = executable.plan().graph();
    List<Node> nodes = graph.nodes();
    Map<String, DeviceTimes> kinds = new LinkedHashMap<>();
    for (int i = 0; i < nodes.size(); i++) {
      kinds.merge(nodes.get(i).op().name(), profile.nodes().get(i), DeviceTimes::plus);
    }
    List<Row> rows = new ArrayList<>();
    kinds.forEach((name, times) -> rows.add(Row.of(name, times, steps)));
    rows.sort((a, b) -> Double.compare(b.kernelMillis(), a.kernelMillis()));
    return new DeviceStep(
        rows,
        Row.of("(inputs and outputs)", profile.feeding(), steps),
        new Traffic(
            traffic.sentBytes() / steps,
            traffic.receivedBytes() / steps,
            traffic.launches() / steps),
        graph.inputs().stream().mapToLong(value -> value.type().bytes()).sum(),
        requireNonNull(graph.outputs().get(TrainingGraph.LOSS)).type().bytes(),
        profile.copiedBytes() / steps,
        profile.returnedBytes() / steps,
        executable.plan().slabBytes(),
        executable.deviceBytes());
  }
}
