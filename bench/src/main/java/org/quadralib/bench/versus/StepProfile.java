package org.quadralib.bench.versus;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.quadralib.backend.Backend;
import org.quadralib.backend.DeviceProfile;
import org.quadralib.backend.Executable;
import org.quadralib.backend.ExecutionListener;
import org.quadralib.bench.roof.Roofline;
import org.quadralib.bench.roof.Work;
import org.quadralib.graph.Graph;
import org.quadralib.graph.Node;
import org.quadralib.plan.Plan;
import org.quadralib.profile.OpTimes;

/**
 * Where the time of a training step or of an evaluation goes, and how near each kind of operation
 * is to what the machine can do.
 *
 * @param byOperation the longest first
 * @param byLayer by phase and layer, the longest first
 * @param byAlgorithm operations that the backend can compute in several ways, each with the way it
 *     chose, the longest first
 */
public record StepProfile(List<Row> byOperation, List<Row> byLayer, List<Row> byAlgorithm) {
  /** Rows of a table before the rest is summed up. */
  private static final int SHOWN = 25;

  /** Operations that are named as farthest from the roof. */
  private static final int GAPS = 3;

  /**
   * A group of operations.
   *
   * @param millis per step, on a device those of its kernels
   * @param share of the step
   * @param work per step
   * @param ofRoof share of what the machine can do at most, for this work
   * @param transferMillis per step, between host and device
   * @param compileMillis of kernels, once
   */
  public record Row(
      String name,
      double millis,
      double share,
      Work work,
      double ofRoof,
      double transferMillis,
      double compileMillis) {
    /** Of a computation in this process. */
    public Row(String name, double millis, double share, Work work, double ofRoof) {
      this(name, millis, share, work, ofRoof, 0, 0);
    }

    /** Milliseconds above what the work takes at least. */
    double gap() {
      return millis * (1 - Math.min(1, ofRoof));
    }
  }

  /** Runs a step so many times. */
  @FunctionalInterface
  private interface Runs {
    Contestant.Timing run(int times, ExecutionListener listener);
  }

  /** Watches training steps. */
  public static StepProfile ofTraining(Ours ours, Roofline roofline, int steps) {
    Executable executable = ours.training().executable();
    return measure(ours, executable, ours.training().plan(), ours::train, roofline, steps);
  }

  /** Watches evaluations. */
  public static StepProfile ofInference(Ours ours, Roofline roofline, int steps) {
    Executable executable = ours.evaluation().executable();
    return measure(ours, executable, executable.plan(), ours::infer, roofline, steps);
  }

  private static StepProfile measure(
      Ours ours, Executable executable, Plan plan, Runs runs, Roofline roofline, int steps) {
    // What came before may have cooled it down.
    runs.run(Math.max(3, steps / 4), ExecutionListener.NONE);
    Graph graph = plan.graph();
    var rows = watch(executable, plan, runs, roofline, steps);
    Set<String> algorithms =
        graph.nodes().stream()
            .map(node -> algorithm(ours.backend(), node))
            .filter(algorithm -> !algorithm.isEmpty())
            .collect(Collectors.toSet());
    return new StepProfile(
        rows.apply(node -> node.op().name()),
        rows.apply(node -> node.phase().name().toLowerCase(Locale.ROOT) + " " + node.scope()),
        rows.apply(node -> algorithm(ours.backend(), node)).stream()
            .filter(row -> algorithms.contains(row.name()))
            .toList());
  }

  private static String algorithm(Backend backend, Node node) {
    String algorithm = backend.algorithm(node);
    return algorithm.isEmpty()
        ? ""
        : "%s %s, %s".formatted(node.scope(), node.op().name(), algorithm);
  }

  /** Rows by any key, from one measurement. */
  private static Function<Function<Node, String>, List<Row>> watch(
      Executable executable, Plan plan, Runs runs, Roofline roofline, int steps) {
    Graph graph = plan.graph();
    executable.measureDevice(true);
    if (executable.deviceProfile().isEmpty()) {
      OpTimes times = new OpTimes(plan);
      runs.run(steps, times);
      return key -> rows(times, graph, key, roofline);
    }
    double millis = runs.run(steps, ExecutionListener.NONE).millis();
    DeviceProfile profile = executable.deviceProfile().orElseThrow();
    executable.measureDevice(false);
    return key -> DeviceRows.of(profile, graph, key, roofline, steps, millis);
  }

  private static List<Row> rows(
      OpTimes times, Graph graph, Function<Node, String> key, Roofline roofline) {
    Map<String, Work> works = works(graph, key);
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

  /** What groups of nodes have to do at least. */
  static Map<String, Work> works(Graph graph, Function<Node, String> key) {
    Map<String, Work> works = new LinkedHashMap<>();
    for (Node node : graph.nodes()) {
      works.merge(key.apply(node), Work.of(node), Work::plus);
    }
    return works;
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
          .put("ofRoof", row.ofRoof())
          .put("transferMillis", row.transferMillis())
          .put("compileMillis", row.compileMillis());
    }
    return list;
  }

  /** Two tables, and what to look at first. */
  public String table() {
    return table("by operation", byOperation)
        + System.lineSeparator()
        + table("by phase and layer", byLayer)
        + (byAlgorithm.isEmpty()
            ? ""
            : System.lineSeparator() + table("by way of computing", byAlgorithm))
        + System.lineSeparator()
        + gaps(byOperation);
  }

  /** The operations that lose most time against the roof. */
  static String gaps(List<Row> rows) {
    return rows.stream()
        .sorted(Comparator.comparingDouble(Row::gap).reversed())
        .limit(GAPS)
        .map(row -> String.format(Locale.ROOT, "%s %.3f ms", row.name(), row.gap()))
        .collect(Collectors.joining(", ", "largest gaps to the roof: ", System.lineSeparator()));
  }

  static String table(String title, List<Row> rows) {
    boolean device = rows.stream().anyMatch(row -> row.transferMillis() + row.compileMillis() > 0);
    int width = Math.max(44, rows.stream().mapToInt(row -> row.name().length()).max().orElse(0));
    StringBuilder table = new StringBuilder();
    table.append(
        String.format(
            "%-" + width + "s %10s %6s %8s %8s %8s",
            title,
            "ms",
            "share",
            "GFLOP/s",
            "GB/s",
            "of roof"));
    table.append(device ? " %11s %11s%n".formatted("transfer ms", "compile ms") : "%n".formatted());
    for (Row row : largest(rows)) {
      table.append(
          String.format(
              Locale.ROOT,
              "%-" + width + "s %10.3f %5.1f%% %8.1f %8.1f %7.0f%%",
              row.name(),
              row.millis(),
              100 * row.share(),
              row.work().flops() / row.millis() / 1e6,
              row.work().bytes() / row.millis() / 1e6,
              100 * row.ofRoof()));
      table.append(
          device
              ? String.format(
                  Locale.ROOT, " %11.3f %11.1f%n", row.transferMillis(), row.compileMillis())
              : "%n".formatted());
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
            rest.stream().mapToDouble(row -> row.ofRoof() * row.millis()).sum() / millis,
            rest.stream().mapToDouble(Row::transferMillis).sum(),
            rest.stream().mapToDouble(Row::compileMillis).sum());
    List<Row> shown = new ArrayList<>(rows.subList(0, SHOWN));
    shown.add(sum);
    return shown;
  }
}
