package org.quadralib.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.quadralib.backend.Backend;
import org.quadralib.backend.BackendProvider;
import org.quadralib.backend.Backends;
import org.quadralib.backend.DeviceProfile;
import org.quadralib.backend.Executable;
import org.quadralib.backend.ExecutionListener;
import org.quadralib.backend.Traffic;
import org.quadralib.data.DataOptions;
import org.quadralib.data.Dataset;
import org.quadralib.data.Datasets;
import org.quadralib.layers.Backprop;
import org.quadralib.layers.Model;
import org.quadralib.metrics.Accuracy;
import org.quadralib.models.Models;
import org.quadralib.optim.GradientClipping;
import org.quadralib.optim.Sgd;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;

/**
 * A QResNet-14 trained on a device beside the vector backend: the same losses, only batch, loss and
 * right answers on the way, and as much device memory as the plan says.
 *
 * <p>A network with random weights amplifies rounding: with a rate of 1e-4 the losses of the vector
 * backend with and without Winograd, whose results differ by 1e-6, are up to 0.06 apart within 20
 * steps. So it is trained from there with a tiny rate, and its parameters may be twice as far from
 * the vector backend's as the scalar backend's are. A network that has learnt for a while does not,
 * and is trained on with the largest usual rate at which two backends of the processor agree.
 */
@Tag("device")
class DeviceTrainingTest {
  private static final int STEPS = 20;
  private static final double LEARNING_RATE = 1e-5;
  private static final double TOLERANCE = 1e-3;

  /** Steps, and their rate, after which a network no longer amplifies rounding. */
  private static final int EARLIER_STEPS = 300;

  private static final double EARLIER_RATE = 1e-2;

  /** How close two backends of the processor have to be for a device to be compared with them. */
  private static final double AGREEMENT = 1e-4;

  private static final double[] USUAL_RATES = {3e-2, 1e-2, 3e-3, 1e-3};
  private static final String COLOURS = "colour 32x32";
  private static final Map<String, Dataset> DATA = new HashMap<>();
  private static final Map<String, Map<String, float[]>> LEARNT = new HashMap<>();
  private static final Map<String, Double> RATES = new HashMap<>();
  private static final Map<String, Map<String, Float>> SPREADS = new HashMap<>();
  private static final long FRAME = 64;

  /** A folder of real images to train on too: 32×32, in colour, ten classes. */
  private static final @Nullable String IMAGES = System.getenv("QUADRA_TEST_IMAGES");

  @BeforeAll
  static void needsADevice() {
    for (BackendProvider provider : Backends.all()) {
      if (provider.name().equals("tornado") && provider.unavailable().isPresent()) {
        System.out.println("SKIPPED training on a device: " + provider.unavailable().get());
        assumeTrue(false, provider.unavailable().get());
      }
    }
  }

  static Stream<Arguments> runs() {
    List<String> data = new ArrayList<>(List.of("digits", COLOURS));
    if (IMAGES != null) {
      data.add(IMAGES);
    }
    return Stream.of(Backprop.values())
        .flatMap(backprop -> data.stream().map(name -> Arguments.of(name, backprop)));
  }

  @ParameterizedTest
  @MethodSource("runs")
  void trainsAsTheProcessorDoes(String data, Backprop backprop) {
    List<Double> expected = new ArrayList<>();
    List<Double> actual = new ArrayList<>();
    Run run = new Run(data, backprop, batch(data), STEPS, LEARNING_RATE, Map.of());
    Map<String, float[]> expectedWeights = train("vector", run, expected);
    Map<String, float[]> weights = train("tornado", run, actual);
    assertSame(expected, actual);
    Map<String, Float> spread = SPREADS.computeIfAbsent(data, DeviceTrainingTest::spread);
    expectedWeights.forEach(
        (name, values) -> {
          float allowed = 1e-3f * largest(values) + 1e-3f + 2 * spread.getOrDefault(name, 0f);
          assertEquals(0, furthest(values, weights.get(name)), allowed, name);
        });
  }

  /**
   * Every step of a run but the first, which is checked node by node, brings back three numbers.
   */
  @Test
  void aRunBringsBackNoLogits() {
    List<Long> received = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public ExecutionListener watch(
              int epoch, int step, int stepsPerEpoch, Executable executable) {
            if (epoch == 0) {
              received.add(executable.traffic().receivedBytes());
            }
            return ExecutionListener.NONE;
          }
        };
    try (Backend backend = Backends.named("tornado", 2);
        Model model = TinyRun.model()) {
      TrainingConfig config = TinyRun.config().epochs(1).listener(listener).build();
      new Trainer(model, backend, config).fit(TinyRun.data());
    }
    assertEquals(9, received.size());
    for (int i = 2; i < received.size(); i++) {
      assertEquals(3 * Float.BYTES, received.get(i) - received.get(i - 1), "step " + (i - 1));
    }
  }

  /** How far two backends of the processor are apart after the same steps, for each parameter. */
  private static Map<String, Float> spread(String data) {
    Run run = new Run(data, Backprop.HYBRID, batch(data), STEPS, LEARNING_RATE, Map.of());
    Map<String, float[]> vector = train("vector", run, new ArrayList<>());
    Map<String, float[]> scalar = train("scalar", run, new ArrayList<>());
    Map<String, Float> spread = new HashMap<>();
    vector.forEach((name, values) -> spread.put(name, furthest(values, scalar.get(name))));
    return spread;
  }

  static Stream<Arguments> realRuns() {
    return runs().filter(run -> !run.get()[0].equals(COLOURS));
  }

  @ParameterizedTest
  @MethodSource("realRuns")
  void trainsOnAtAUsualRate(String data, Backprop backprop) {
    Map<String, float[]> learnt = LEARNT.computeIfAbsent(data, DeviceTrainingTest::learn);
    double rate = RATES.computeIfAbsent(data, name -> largestRate(name, learnt));
    Run run = new Run(data, backprop, batch(data), STEPS, rate, learnt);
    List<Double> expected = new ArrayList<>();
    List<Double> actual = new ArrayList<>();
    train("vector", run, expected);
    train("tornado", run, actual);
    System.out.printf(
        "training on with %s, %s: at a rate of %.0e the device is %.1e off, losses %.4f to %.4f%n",
        data, backprop, rate, apart(expected, actual), expected.getFirst(), expected.getLast());
    assertSame(expected, actual);
  }

  /** The largest at which the losses of two backends of the processor stay together. */
  private static double largestRate(String data, Map<String, float[]> learnt) {
    for (double rate : USUAL_RATES) {
      Run run = new Run(data, Backprop.HYBRID, batch(data), STEPS, rate, learnt);
      List<Double> vector = new ArrayList<>();
      List<Double> scalar = new ArrayList<>();
      train("vector", run, vector);
      // The scalar backend is slow: it stops where they part.
      train("scalar", run, scalar, i -> Math.abs(vector.get(i) - scalar.get(i)) < AGREEMENT);
      double apart = apart(vector, scalar);
      System.out.printf(
          "training on with %s: at a rate of %.0e the processor's backends are %.1e apart after %d"
              + " steps%n",
          data, rate, apart, scalar.size());
      if (apart < AGREEMENT) {
        return rate;
      }
    }
    throw new AssertionError("two backends of the processor agree at no usual rate");
  }

  private static Map<String, float[]> learn(String data) {
    return train(
        "vector",
        new Run(data, Backprop.HYBRID, 2 * batch(data), EARLIER_STEPS, EARLIER_RATE, Map.of()),
        new ArrayList<>());
  }

  private static int batch(String data) {
    return data.equals("digits") ? 16 : 4;
  }

  /** Over the steps of the second, which may have stopped earlier. */
  private static double apart(List<Double> a, List<Double> b) {
    return IntStream.range(0, b.size())
        .mapToDouble(i -> Math.abs(a.get(i) - b.get(i)))
        .max()
        .orElse(0);
  }

  private static void assertSame(List<Double> expected, List<Double> actual) {
    for (int i = 0; i < STEPS; i++) {
      int step = i;
      assertEquals(
          expected.get(i),
          actual.get(i),
          TOLERANCE,
          () -> "loss of step " + step + " of " + actual + ", on a processor " + expected);
    }
  }

  private static float largest(float[] values) {
    float most = 0;
    for (float value : values) {
      most = Math.max(most, Math.abs(value));
    }
    return most;
  }

  private static float furthest(float[] expected, float[] actual) {
    float most = 0;
    for (int i = 0; i < expected.length; i++) {
      // A NaN is never close: Math.max keeps it.
      most = Math.max(most, Math.abs(expected[i] - actual[i]));
    }
    return most;
  }

  /**
   * How to train.
   *
   * @param start weights to start from; empty for random ones
   */
  private record Run(
      String data,
      Backprop backprop,
      int batch,
      int steps,
      double rate,
      Map<String, float[]> start) {}

  private static Map<String, float[]> train(String backendName, Run run, List<Double> losses) {
    return train(backendName, run, losses, _ -> true);
  }

  /**
   * Trains and returns the weights.
   *
   * @param losses takes the loss of each step
   * @param goOn asked after each step whether another one is wanted
   */
  private static Map<String, float[]> train(
      String backendName, Run run, List<Double> losses, IntPredicate goOn) {
    Shape example = run.data().equals("digits") ? Shape.of(1, 8, 8) : Shape.of(3, 32, 32);
    Recipe recipe =
        Recipe.defaults()
            .optimizer(new Sgd().weightDecay(5e-4))
            .clipping(GradientClipping.byNorm(5))
            .backprop(run.backprop());
    try (Backend backend = Backends.named(backendName, 2);
        Model model = Model.create(Models.named("qresnet14").build(10), example, 3);
        TrainingStep step = TrainingStep.compile(model, backend, recipe, run.batch())) {
      run.start().forEach((name, values) -> copy(values, model.parameters().get(name)));
      step.executable().detachState();
      assertEquals(step.predictedPeakBytes(), step.measuredPeakBytes(), "bytes held");
      for (int i = 0; i < run.steps(); i++) {
        fill(run.data(), i, step);
        step.executable().measureDevice(i > 0);
        Traffic before = step.executable().traffic();
        losses.add(step.run(i, run.rate()));
        long correct = step.correct(step.target());
        if (i > 0 && backendName.equals("tornado")) {
          requireOnlyBatchAndResults(
              step,
              step.executable().traffic().since(before),
              step.executable().deviceProfile().orElseThrow());
        }
        if (i == run.steps() - 1) {
          assertEquals(counted(step), correct, "right answers");
        }
        if (!goOn.test(i)) {
          break;
        }
      }
      if (backendName.equals("tornado")) {
        assertEquals(step.plan().slabBytes(), step.executable().deviceBytes(), "device memory");
      }
      step.executable().fetchState();
      Map<String, float[]> weights = new HashMap<>();
      model.parameters().forEach((name, tensor) -> weights.put(name, tensor.toFloats()));
      return weights;
    }
  }

  private static long counted(TrainingStep step) {
    Accuracy accuracy = new Accuracy();
    accuracy.add(step.logits(), step.target());
    return accuracy.correct();
  }

  private static void copy(float[] values, Tensor tensor) {
    for (int i = 0; i < values.length; i++) {
      tensor.set(i, values[i]);
    }
  }

  /**
   * Sizes below 16 KiB are rounded up to powers of two. What TornadoVM's profiler counts is as
   * much, and the frame of arguments that it sends with each launch; kernels send nothing back
   * unasked.
   */
  private static void requireOnlyBatchAndResults(
      TrainingStep step, Traffic traffic, DeviceProfile profile) {
    long inputs =
        step.plan().graph().inputs().stream().mapToLong(value -> value.type().bytes()).sum();
    assertTrue(traffic.launches() >= step.plan().graph().nodes().size() / 2, traffic.toString());
    assertTrue(
        traffic.sentBytes() >= inputs && traffic.sentBytes() <= 2 * inputs + 8192,
        () -> traffic + " to send " + inputs);
    assertEquals(3 * Float.BYTES, traffic.receivedBytes(), "loss, right answers, launches");
    long frames = profile.copiedBytes() - traffic.sentBytes();
    assertTrue(
        frames >= 0 && frames <= FRAME * (traffic.launches() + 1),
        () -> traffic + ", but TornadoVM counts " + profile.copiedBytes());
    assertEquals(0, profile.returnedBytes());
  }

  private static void fill(String data, int number, TrainingStep step) {
    Tensor input = step.input();
    int batch = input.shape().dim(0);
    Tensor target = step.target();
    if (!data.equals(COLOURS)) {
      fill(DATA.computeIfAbsent(data, DeviceTrainingTest::open), number, input, target);
      return;
    }
    // Each class has a colour of its own.
    Random random = new Random(number);
    int plane = 32 * 32;
    for (int n = 0; n < batch; n++) {
      int label = random.nextInt(10);
      target.setLong(n, label);
      for (int c = 0; c < 3; c++) {
        for (int i = 0; i < plane; i++) {
          double colour = Math.sin(label * (c + 1));
          input.set(((long) n * 3 + c) * plane + i, colour + 0.5 * random.nextGaussian());
        }
      }
    }
  }

  private static Dataset open(String data) {
    return data.equals("digits")
        ? Datasets.open("digits", null, DataOptions.defaults()).train()
        : Datasets.open("folder", Path.of(data), DataOptions.defaults()).train();
  }

  /** Images of every class by turns: folders come sorted. */
  private static void fill(Dataset images, int number, Tensor input, Tensor target) {
    int batch = input.shape().dim(0);
    byte[] pixels = new byte[Math.toIntExact(input.elements() / batch)];
    for (int n = 0; n < batch; n++) {
      int at = Math.toIntExact((number * batch + n) * 997L % images.size());
      images.pixels(at, pixels);
      for (int i = 0; i < pixels.length; i++) {
        input.set((long) pixels.length * n + i, (double) (pixels[i] & 0xff) / images.maxValue());
      }
      target.setLong(n, images.label(at));
    }
  }
}
