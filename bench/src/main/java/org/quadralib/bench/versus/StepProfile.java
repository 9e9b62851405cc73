package org.quadralib.bench.versus;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.quadralib.bench.roof.Roofline;
import org.quadralib.bench.roof.Work;
import org.quadralib.graph.Graph;
import org.quadralib.graph.Node;
import org.quadralib.profile.OpTimes;

/**
 * Where the time of a training step goes, and how near each kind of operation is to what the
 * machine can do.
 *
 * @param byOperation the longest first
 * @param byLayer by phase and layer, the longest first
 */
public record StepProfile(List<Row> byOperation, List<Row> byLayer) {
  /** Rows of a table before the rest is summed up. */
  private static final int SHOWN = 25;

  /**
   * A group of operations.
   *
   * @param millis per step
   * @param share of the step
   * @param work per step
   * @param ofRoof share of what the machine can do at most, for this work
   */
  public record Row(String name, double millis, double share, Work work, double ofRoof) {}

  /** Watches training steps. */
  public static StepProfile measure(Ours ours, Roofline roofline, int steps) {
    OpTimes times = new OpTimes(ours.training().plan());
    ours.train(Math.max(3, steps / 4)); // what came before may have cooled it down
    ours.train(steps, times);
    Graph graph = ours.training().plan().graph();
    return new StepProfile(
        rows(times, graph, node -> node.op().name(), roofline),
        rows(
            times,
            graph,
            node -> node.phase().name().toLowerCase(Locale.ROOT) + " " + node.scope(),
            roofline));
  }

  private static List<Row> rows(
      OpTimes times, Graph graph, Function<Node, String> key, Roofline roofline) {
    Map<String, Work> works = new LinkedHashMap<>();
    for (Node node : graph.nodes()) {
      works.merge(key.apply(node), Work.of(node), Work::plus);
    }
    List<Row> rows = new ArrayList<>();
    for (OpTimes.Row row : times.grouped(key)) {
      Work work = works.getOrDefault(row.name(), new Work(0, 0));
      rows.add(
          new Row(
              row.name(),
              row.nanos() / 1e6,
              row.share(),
              work,
              roofline.nanos(work) / row.nanos()));
    }
    return rows;
  }

  /** The operations as a list of objects. */
  public ArrayNode json() {
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    for (Row row : byOperation) {
      list.addObject()
          .put("operation", row.name())
          .put("millis", row.millis())
          .put("share", row.share())
          .put("gigaflops", row.work().flops() / row.millis() / 1e6)
          .put("gigabytesPerSecond", row.work().bytes() / row.millis() / 1e6)
          .put("ofRoof", row.ofRoof());
    }
    return list;
  }

  /** Two tables. */
  public String table() {
    return table("by operation", byOperation)
        + System.lineSeparator()
        + table("by phase and layer", byLayer);
  }

  static String table(String title, List<Row> rows) {
    StringBuilder table = new StringBuilder();
    table.append(
        String.format(
            "%-44s %10s %6s %8s %8s %8s%n", title, "ms", "share", "GFLOP/s", "GB/s", "of roof"));
    for (Row row : largest(rows)) {
      table.append(
          String.format(
              Locale.ROOT,
              "%-44s %10.3f %5.1f%% %8.1f %8.1f %7.0f%%%n",
              row.name(),
              row.millis(),
              100 * row.share(),
              row.work().flops() / row.millis() / 1e6,
              row.work().bytes() / row.millis() / 1e6,
              100 * row.ofRoof()));
    }
    return table.toString();
  }

  /** The first rows as they are, and what is left in one. */
  private static List<Row> largest(List<Row> rows) {
    if (rows.size() <= SHOWN + 1) {
      return rows;
    }
    List<Row> rest = rows.subList(SHOWN, rows.size());
    double millis = rest.stream().mapToDouble(Row::millis).sum();
    Row sum =
        new Row(
            "the other %d".formatted(rest.size()),
            millis,
            rest.stream().mapToDouble(Row::share).sum(),
            rest.stream().map(Row::work).reduce(new Work(0, 0), Work::plus),
            // The time at the roof adds up, not the shares of it.
            rest.stream().mapToDouble(row -> row.ofRoof() * row.millis()).sum() / millis);
    List<Row> shown = new ArrayList<>(rows.subList(0, SHOWN));
    shown.add(sum);
    return shown;
  }
}
