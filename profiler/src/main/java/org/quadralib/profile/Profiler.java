package org.quadralib.profile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.quadralib.backend.Backend;
import org.quadralib.backend.DeviceProfile;
import org.quadralib.backend.Executable;
import org.quadralib.backend.ExecutionListener;
import org.quadralib.backend.Traffic;
import org.quadralib.graph.Cost;
import org.quadralib.graph.Node;
import org.quadralib.graph.Phase;
import org.quadralib.layers.Backprop;
import org.quadralib.layers.LayerLabels;
import org.quadralib.layers.Model;
import org.quadralib.layers.ModelSummary;
import org.quadralib.plan.Buffer;
import org.quadralib.plan.Plan;
import org.quadralib.plan.Planner;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;
import org.quadralib.train.EvaluationStep;
import org.quadralib.train.Recipe;
import org.quadralib.train.TrainingGraph;
import org.quadralib.train.TrainingStep;

/** Runs training steps on random data and takes them apart. */
public final class Profiler {
  /** Small, so that training on random labels stays finite. */
  private static final double LEARNING_RATE = 1e-4;

  private final Model model;
  private final Backend backend;
  private final Recipe recipe;
  private final int batch;
  private final WarmUp warmUp;

  /**
   * A profiler of one step. The model's weights change, as in training.
   *
   * @param warmUp before inference and before the step are measured
   */
  public Profiler(Model model, Backend backend, Recipe recipe, int batch, WarmUp warmUp) {
    this.model = model;
    this.backend = backend;
    this.recipe = recipe;
    this.batch = batch;
    this.warmUp = warmUp;
  }

  /**
   * Measures.
   *
   * @param subject what is profiled, with the number of steps to time, at least 1
   * @param idle resident memory of the process before there was a model; empty if it is not known
   * @throws org.quadralib.memory.MemoryLimitException if a step does not fit
   */
  public Profile profile(Profile.Subject subject, OptionalLong idle) {
    double inferMillis;
    try (EvaluationStep inference = EvaluationStep.compile(model, backend, batch)) {
      fill(inference.input(), 0);
      inferMillis = median(subject.steps(), step -> inference.run());
    }
    try (TrainingStep step = TrainingStep.compile(model, backend, recipe, batch)) {
      fill(step.input(), 0);
      fill(step.target(), classes(step));
      Executable executable = step.executable();
      executable.detachState();
      double stepMillis = median(subject.steps(), n -> step.run(n, LEARNING_RATE));
      executable.measureDevice(true);
      Traffic before = executable.traffic();
      OpTimes times = new OpTimes(step.plan());
      boolean device = executable.deviceProfile().isPresent();
      ExecutionListener watching =
          device
              ? ExecutionListener.NONE
              : ExecutionListener.all(List.of(new FlightRecorder(), times));
      for (int n = 0; n < subject.steps(); n++) {
        step.run(n, LEARNING_RATE, watching);
      }
      Optional<DeviceStep> onDevice =
          DeviceStep.of(executable, executable.traffic().since(before), subject.steps());
      double[] nanos =
          executable
              .deviceProfile()
              .map(profile -> kernelNanos(profile, subject.steps()))
              .orElseGet(times::nanosByOperation);
      executable.measureDevice(false);
      executable.fetchState();
      return assemble(subject, step, nanos, onDevice, idle, stepMillis, inferMillis);
    }
  }

  private static double[] kernelNanos(DeviceProfile profile, int steps) {
    return profile.nodes().stream().mapToDouble(t -> (double) t.kernel() / steps).toArray();
  }

  /**
   * What stays: vectors are objects until the JIT compiler has seen to that, and fill the heap
   * once.
   */
  private static OptionalLong growth(OptionalLong idle) {
    System.gc();
    OptionalLong now = ResidentMemory.bytes();
    return idle.isPresent() && now.isPresent()
        ? OptionalLong.of(now.getAsLong() - idle.getAsLong())
        : OptionalLong.empty();
  }

  private static int classes(TrainingStep step) {
    return step.outputShape().dim(1);
  }

  /** Gaussians, or labels below a number of classes. */
  static void fill(Tensor tensor, int classes) {
    Random random = new Random(1);
    for (long i = 0; i < tensor.elements(); i++) {
      if (tensor.type().dtype() == DType.INT32 || tensor.type().dtype() == DType.INT64) {
        tensor.setLong(i, random.nextInt(classes));
      } else {
        tensor.set(i, random.nextGaussian());
      }
    }
  }

  private interface Timed {
    void run(int step);
  }

  private double median(int steps, Timed timed) {
    warmUp.steadyTurn(times -> millis(times, timed));
    double[] millis = new double[steps];
    Arrays.setAll(millis, n -> millis(1, timed));
    Arrays.sort(millis);
    return millis[steps / 2];
  }

  /** Of one of so many runs. */
  private static double millis(int times, Timed timed) {
    long start = System.nanoTime();
    for (int n = 0; n < times; n++) {
      timed.run(n);
    }
    return (System.nanoTime() - start) / 1e6 / times;
  }

  private Profile assemble(
      Profile.Subject subject,
      TrainingStep step,
      double[] nanos,
      Optional<DeviceStep> device,
      OptionalLong idle,
      double stepMillis,
      double inferMillis) {
    OptionalLong growth = growth(idle);
    Map<Backprop, Plan> plans = new EnumMap<>(Backprop.class);
    for (Backprop way : Backprop.values()) {
      TrainingGraph graph =
          TrainingGraph.trace(model.layer(), model.example(), recipe.backprop(way), batch);
      plans.put(way, Planner.plan(graph.graph(), backend));
    }
    Map<Backprop, Long> saved = new EnumMap<>(Backprop.class);
    plans.forEach((way, plan) -> saved.put(way, plan.savedBytes()));
    ModelSummary summary = ModelSummary.of(model.layer(), model.example());
    return new Profile(
        subject,
        Timeline.of(step.plan()),
        Arrays.stream(nanos).mapToObj(time -> time / 1e6).toList(),
        layers(step.plan(), nanos, plans, summary),
        LayerLabels.of(summary),
        step.predictedPeakBytes(),
        step.measuredPeakBytes(),
        growth,
        ResidentMemory.growthAtHighest(idle),
        saved,
        step.savedBytes(),
        stepMillis,
        inferMillis,
        summary.parameters(),
        summary.macs(),
        device);
  }

  private static List<LayerProfile> layers(
      Plan plan, double[] nanos, Map<Backprop, Plan> plans, ModelSummary summary) {
    Map<String, ModelSummary.Row> rows =
        summary.rows().stream()
            .collect(Collectors.toMap(ModelSummary.Row::path, row -> row, (a, b) -> a));
    Map<Backprop, Map<String, Long>> savedBy = new EnumMap<>(Backprop.class);
    plans.forEach((way, planned) -> savedBy.put(way, savedByLayer(planned)));
    List<Node> nodes = plan.graph().nodes();
    Set<String> paths = new LinkedHashSet<>();
    nodes.stream()
        .filter(node -> node.phase() == Phase.FORWARD)
        .forEach(node -> paths.add(node.scope()));
    List<LayerProfile> layers = new ArrayList<>();
    for (String path : paths) {
      int[] own = IntStream.range(0, nodes.size()).filter(i -> isOf(nodes.get(i), path)).toArray();
      double forward = nanos(own, nanos, nodes, true);
      double backward = nanos(own, nanos, nodes, false);
      long macs = Arrays.stream(own).mapToLong(i -> Cost.macs(nodes.get(i))).sum();
      long workspace =
          Arrays.stream(own)
              .mapToLong(i -> plan.workspaces().get(i).map(Buffer::bytes).orElse(0L))
              .max()
              .orElse(0);
      ModelSummary.Row row = rows.get(path);
      Map<Backprop, Long> saved = new EnumMap<>(Backprop.class);
      savedBy.forEach((way, bytes) -> saved.put(way, bytes.getOrDefault(path, 0L)));
      double all = forward + backward;
      layers.add(
          new LayerProfile(
              path,
              row == null ? "" : row.operation(),
              row == null ? Shape.of() : row.output(),
              row == null ? 0 : row.parameters(),
              row == null ? 0 : row.macs(),
              saved,
              workspace,
              forward / 1e6,
              backward / 1e6,
              all == 0 ? 0 : 2 * macs / all));
    }
    return layers;
  }

  /** An update's scope is that of the parameter, which may be below the layer's. */
  private static boolean isOf(Node node, String path) {
    return node.scope().equals(path)
        || (node.phase() == Phase.UPDATE && !path.isEmpty() && node.scope().startsWith(path + "."));
  }

  private static double nanos(int[] own, double[] nanos, List<Node> nodes, boolean forward) {
    return Arrays.stream(own)
        .filter(i -> (nodes.get(i).phase() == Phase.FORWARD) == forward)
        .mapToDouble(i -> nanos[i])
        .sum();
  }

  private static Map<String, Long> savedByLayer(Plan plan) {
    Map<Buffer, String> owners = Timeline.owners(plan);
    Map<String, Long> bytes = new HashMap<>();
    for (Buffer buffer : plan.saved()) {
      // What no operation wrote is the batch.
      bytes.merge(owners.getOrDefault(buffer, "input"), buffer.bytes(), Long::sum);
    }
    return bytes;
  }
}
