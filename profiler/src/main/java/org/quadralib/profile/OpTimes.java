package org.quadralib.profile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.quadralib.backend.ExecutionListener;
import org.quadralib.graph.Node;
import org.quadralib.plan.Plan;

/**
 * Measures how long each operation of a plan takes: give it to {@link
 * org.quadralib.backend.Executable#run(ExecutionListener)} as often as you like. It costs two looks
 * at the clock per operation. Not thread-safe.
 */
public final class OpTimes implements ExecutionListener {
  private final List<Node> nodes;
  private final long[] nanos;
  private long started;
  private long runs;

  /** For runs of one plan. */
  public OpTimes(Plan plan) {
    this.nodes = plan.graph().nodes();
    this.nanos = new long[nodes.size()];
  }

  /**
   * Time of a group of operations.
   *
   * @param name what they have in common
   * @param nanos per run
   * @param share of the whole run
   */
  public record Row(String name, double nanos, double share) {}

  @Override
  public void before(int position, Node node) {
    if (position == 1) {
      runs++;
    }
    started = System.nanoTime();
  }

  @Override
  public void after(int position, Node node) {
    nanos[position - 1] += System.nanoTime() - started;
  }

  /** Number of runs so far. */
  public long runs() {
    return runs;
  }

  /** Nanoseconds per run spent in all operations. */
  public double total() {
    return (double) Arrays.stream(nanos).sum() / Math.max(1, runs);
  }

  /** Nanoseconds per run of each operation, in the order of the plan. */
  public double[] nanosByOperation() {
    return Arrays.stream(nanos).mapToDouble(sum -> (double) sum / Math.max(1, runs)).toArray();
  }

  /** Times by kind of operation, the longest first. */
  public List<Row> byOperation() {
    return grouped(node -> node.op().name());
  }

  /** Times by layer and phase, the longest first. */
  public List<Row> byLayer() {
    return grouped(node -> node.phase().name().toLowerCase(Locale.ROOT) + " " + node.scope());
  }

  /** Forgets all runs, for instance those that warmed up the JVM. */
  public void reset() {
    Arrays.fill(nanos, 0);
    runs = 0;
  }

  /**
   * Times of groups of operations, the longest first.
   *
   * @param key the name of an operation's group
   */
  public List<Row> grouped(Function<Node, String> key) {
    Map<String, Long> sums = new LinkedHashMap<>();
    for (int i = 0; i < nanos.length; i++) {
      sums.merge(key.apply(nodes.get(i)), nanos[i], Long::sum);
    }
    double all = Math.max(1, Arrays.stream(nanos).sum());
    List<Row> rows = new ArrayList<>();
    sums.forEach(
        (name, sum) -> rows.add(new Row(name, (double) sum / Math.max(1, runs), sum / all)));
    rows.sort((a, b) -> Double.compare(b.nanos(), a.nanos()));
    return rows;
  }

  /** A table of rows in milliseconds. */
  public static String table(List<Row> rows) {
    StringBuilder table = new StringBuilder();
    for (Row row : rows) {
      table.append(
          String.format(
              Locale.ROOT,
              "%-48s %10.3f ms %5.1f%%%n",
              row.name(),
              row.nanos() / 1e6,
              row.share() * 100));
    }
    return table.toString();
  }
}
