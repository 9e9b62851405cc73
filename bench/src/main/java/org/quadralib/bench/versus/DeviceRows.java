package org.quadralib.bench.versus;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.quadralib.backend.DeviceProfile;
import org.quadralib.backend.DeviceTimes;
import org.quadralib.bench.roof.Roofline;
import org.quadralib.bench.roof.Work;
import org.quadralib.bench.versus.StepProfile.Row;
import org.quadralib.graph.Graph;
import org.quadralib.graph.Node;

/** Rows of a profile from what a device measured, and what is between its kernels. */
final class DeviceRows {
  private static final String FEEDING = "(inputs and outputs)";
  private static final String BETWEEN = "(between kernels)";

  private DeviceRows() {}

  /**
   * Rows, the longest first.
   *
   * @param steps that were measured
   * @param stepMillis of one of them, by the clock of the host
   */
  static List<Row> of(
      DeviceProfile profile,
      Graph graph,
      Function<Node, String> key,
      Roofline roofline,
      int steps,
      double stepMillis) {
    Map<String, DeviceTimes> groups = new LinkedHashMap<>();
    for (int i = 0; i < profile.nodes().size(); i++) {
      groups.merge(key.apply(graph.nodes().get(i)), profile.nodes().get(i), DeviceTimes::plus);
    }
    groups.put(FEEDING, profile.feeding());
    double busy =
        groups.values().stream().mapToDouble(t -> t.kernel() + t.transfer()).sum() / 1e6 / steps;
    double whole = Math.max(stepMillis, busy);
    Map<String, Work> works = StepProfile.works(graph, key);
    List<Row> rows = new ArrayList<>();
    groups.forEach(
        (name, times) -> {
          double nanos = (double) times.kernel() / steps;
          double transfer = times.transfer() / 1e6 / steps;
          Work work = works.getOrDefault(name, new Work(0, 0));
          rows.add(
              new Row(
                  name,
                  nanos / 1e6,
                  (nanos / 1e6 + transfer) / whole,
                  work,
                  nanos == 0 ? 0 : roofline.nanos(work) / nanos,
                  transfer,
                  times.compile() / 1e6));
        });
    double between = whole - busy;
    rows.add(new Row(BETWEEN, between, between / whole, new Work(0, 0), 0));
    rows.sort(Comparator.comparingDouble(Row::millis).reversed());
    return rows;
  }
}
