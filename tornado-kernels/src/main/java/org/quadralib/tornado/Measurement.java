package org.quadralib.tornado;

import java.util.Arrays;
import java.util.List;
import org.quadralib.backend.DeviceProfile;
import org.quadralib.backend.DeviceTimes;

/** Sums what a machine measures, by node. */
final class Measurement {
  private final Machine machine;
  private final List<int[]> units;
  private final DeviceTimes[] nodes;
  private DeviceTimes feeding = DeviceTimes.NONE;

  /**
   * Makes the machine measure.
   *
   * @param units of the launches of each node
   */
  Measurement(Machine machine, List<int[]> units) {
    this.machine = machine;
    this.units = units;
    this.nodes = new DeviceTimes[units.size()];
    Arrays.fill(nodes, DeviceTimes.NONE);
    machine.measure(true);
  }

  /** The machine has just run a launch of a node. */
  void launched(int node) {
    nodes[node] = nodes[node].plus(machine.lastTimes());
  }

  /** The machine has just taken inputs. */
  void fed() {
    feeding = feeding.plus(machine.lastTimes());
  }

  /** The machine has brought something back, which TornadoVM does not measure. */
  void fetched(long nanos) {
    feeding = feeding.plus(new DeviceTimes(0, nanos, 0));
  }

  /** What it comes to; a kernel's compile time is that of the first node that launches it. */
  DeviceProfile profile() {
    DeviceTimes[] all = nodes.clone();
    boolean[] seen = new boolean[Program.UNITS];
    for (int i = 0; i < all.length; i++) {
      for (int unit : units.get(i)) {
        if (!seen[unit]) {
          seen[unit] = true;
          all[i] = all[i].plus(new DeviceTimes(0, 0, machine.compileNanos(unit)));
        }
      }
    }
    return new DeviceProfile(List.of(all), feeding, machine.copiedBytes(), machine.returnedBytes());
  }

  /** Ends it. */
  void stop() {
    machine.measure(false);
  }
}
