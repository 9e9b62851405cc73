package org.quadralib.budget;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.quadralib.backend.ExecutionListener;
import org.quadralib.graph.Node;
import org.quadralib.graph.Phase;
import org.quadralib.graph.op.Conv2dStatistics;
import org.quadralib.graph.op.LinearOp;
import org.quadralib.layers.Backprop;
import org.quadralib.layers.Model;
import org.quadralib.profile.WarmUp;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Tensor;
import org.quadralib.train.TrainingStep;

/**
 * What each layer costs with each way of back-propagation, in nanoseconds of a step.
 *
 * @param nanos by path and way; what follows a layer, up to the next that has a choice, counts for
 *     it
 * @param otherNanos what comes before the first layer that has a choice
 */
public record LayerCosts(Map<String, Map<Backprop, Double>> nanos, double otherNanos) {
  /** With each way, until the JVM has compiled the kernels. */
  private static final double WARM_UP_SECONDS = 6;

  private static final int UNMEASURED = 3;
  private static final int MOST_STEPS = 15;
  private static final long ENOUGH_NANOS = 3_000_000_000L;
  private static final double LEARNING_RATE = 1e-4;

  /** Copies the maps, keeping their order. */
  public LayerCosts {
    Map<String, Map<Backprop, Double>> copy = new LinkedHashMap<>();
    nanos.forEach((path, ways) -> copy.put(path, Collections.unmodifiableMap(new EnumMap<>(ways))));
    nanos = Collections.unmodifiableMap(copy);
  }

  /** Costs of nothing, for whom only memory counts. */
  static LayerCosts none(Segments segments) {
    Map<String, Map<Backprop, Double>> costs = new LinkedHashMap<>();
    for (int k = 1; k < segments.count(); k++) {
      Map<Backprop, Double> ofLayer = new EnumMap<>(Backprop.class);
      segments.ways().get(k).forEach(way -> ofLayer.put(way, 0.0));
      costs.put(segments.paths().get(k), ofLayer);
    }
    return new LayerCosts(costs, 0);
  }

  /** Nanoseconds of a step with a choice. */
  public double nanos(BackpropChoice choice) {
    double sum = otherNanos;
    for (Map.Entry<String, Map<Backprop, Double>> layer : nanos.entrySet()) {
      sum += layer.getValue().getOrDefault(choice.apply(layer.getKey()), 0.0);
    }
    return sum;
  }

  /**
   * Measures short runs on random examples, each way for all layers at once; of every operation the
   * shortest time counts, for whatever disturbs it makes it longer, and of linear maps and their
   * gradients, which are the same with every way, the shortest of all. As steps are disturbed all
   * the same, all times are then stretched alike, to what whole steps took. The runs stay within
   * the budget themselves: if the largest does not, they run on a smaller batch, and costs are
   * taken to grow with it. It holds a model of its own; the steps' model does not change.
   *
   * @param budget bytes
   */
  public static LayerCosts measure(Steps steps, int batch, long budget) {
    Segments segments = steps.segments();
    int measured = batch;
    while (measured > 1
        && steps.peakBytes(measured, segments.uniform(Backprop.AUTODIFF)) > budget) {
      measured = (measured + 1) / 2;
    }
    for (Backprop way : Backprop.values()) {
      warmUp(steps, measured, segments, way);
    }
    Map<Backprop, Times> times = new EnumMap<>(Backprop.class);
    for (Backprop way : Backprop.values()) {
      times.put(way, run(steps, measured, segments, way));
    }
    double scale = pace(times) * batch / measured;
    Map<String, Map<Backprop, Double>> costs = new LinkedHashMap<>();
    for (int k = 1; k < segments.count(); k++) {
      Map<Backprop, Double> ofLayer = new EnumMap<>(Backprop.class);
      for (Backprop way : segments.ways().get(k)) {
        ofLayer.put(way, scale * nanos(times, way, k));
      }
      costs.put(segments.paths().get(k), ofLayer);
    }
    return new LayerCosts(costs, scale * nanos(times, Backprop.AUTODIFF, 0));
  }

  /**
   * The same kernels run on the same shapes with each way, so their shortest time is that of all.
   */
  private static double nanos(Map<Backprop, Times> times, Backprop way, int segment) {
    double alike = times.values().stream().mapToDouble(t -> t.alike()[segment]).min().orElseThrow();
    return alike + Objects.requireNonNull(times.get(way)).own()[segment];
  }

  /**
   * Nanoseconds of segments.
   *
   * @param alike of linear maps and their gradients, which all ways need
   * @param own of everything else, recomputation included
   * @param step median of whole steps
   */
  private record Times(double[] alike, double[] own, double step) {}

  /** How much longer steps took than their operations at their shortest. */
  private static double pace(Map<Backprop, Times> times) {
    double steps = 0;
    double operations = 0;
    for (Map.Entry<Backprop, Times> entry : times.entrySet()) {
      steps += entry.getValue().step();
      for (int k = 0; k < entry.getValue().own().length; k++) {
        operations += nanos(times, entry.getKey(), k);
      }
    }
    return steps / operations;
  }

  private static void warmUp(Steps steps, int batch, Segments segments, Backprop way) {
    try (Model model = Model.create(steps.layer(), steps.example(), 1);
        TrainingStep step = compile(steps, model, batch, segments.uniform(way))) {
      int[] done = {0};
      new WarmUp(WARM_UP_SECONDS)
          .steadyTurn(
              times -> {
                long start = System.nanoTime();
                for (int n = 0; n < times; n++) {
                  step.run(done[0]++, LEARNING_RATE);
                }
                return (System.nanoTime() - start) / 1e6 / times;
              });
    }
  }

  private static TrainingStep compile(Steps steps, Model model, int batch, BackpropChoice choice) {
    TrainingStep step =
        TrainingStep.compile(model, steps.backend(), steps.recipe().backprop(choice), batch);
    fill(step.input(), 0);
    fill(step.target(), step.outputShape().dim(1));
    return step;
  }

  private static Times run(Steps steps, int batch, Segments segments, Backprop way) {
    try (Model model = Model.create(steps.layer(), steps.example(), 1);
        TrainingStep step = compile(steps, model, batch, segments.uniform(way))) {
      for (int n = 0; n < UNMEASURED; n++) {
        step.run(n, LEARNING_RATE);
      }
      Shortest shortest = new Shortest(step.plan().graph().nodes().size());
      double[] whole = new double[MOST_STEPS];
      long end = System.nanoTime() + ENOUGH_NANOS;
      int n = 0;
      while (n < MOST_STEPS && (n < 3 || System.nanoTime() < end)) {
        long start = System.nanoTime();
        step.run(UNMEASURED + n, LEARNING_RATE, shortest);
        whole[n++] = System.nanoTime() - start;
      }
      Arrays.sort(whole, 0, n);
      Times times =
          new Times(new double[segments.count()], new double[segments.count()], whole[n / 2]);
      List<Node> nodes = step.plan().graph().nodes();
      for (int i = 0; i < nodes.size(); i++) {
        Node node = nodes.get(i);
        boolean linear = node.op() instanceof LinearOp || node.op() instanceof Conv2dStatistics;
        boolean alike = linear && node.phase() != Phase.RECOMPUTE;
        (alike ? times.alike() : times.own())[segments.of(node)] += shortest.nanos[i];
      }
      return times;
    }
  }

  private static void fill(Tensor tensor, int classes) {
    Random random = new Random(1);
    boolean labels = tensor.type().dtype() != DType.FLOAT32;
    for (long i = 0; i < tensor.elements(); i++) {
      if (labels) {
        tensor.setLong(i, random.nextInt(classes));
      } else {
        tensor.set(i, random.nextGaussian());
      }
    }
  }

  /** The shortest time of each operation so far. */
  private static final class Shortest implements ExecutionListener {
    private final long[] nanos;
    private long started;

    Shortest(int operations) {
      nanos = new long[operations];
      Arrays.fill(nanos, Long.MAX_VALUE);
    }

    @Override
    public void before(int position, Node node) {
      started = System.nanoTime();
    }

    @Override
    public void after(int position, Node node) {
      nanos[position - 1] = Math.min(nanos[position - 1], System.nanoTime() - started);
    }
  }
}
