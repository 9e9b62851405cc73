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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.quadralib.backend.Backend;
import org.quadralib.backend.BackendProvider;
import org.quadralib.backend.Backends;
import org.quadralib.backend.DeviceProfile;
import org.quadralib.backend.Traffic;
import org.quadralib.data.DataOptions;
import org.quadralib.data.Dataset;
import org.quadralib.data.Datasets;
import org.quadralib.layers.Backprop;
import org.quadralib.layers.Model;
import org.quadralib.models.Models;
import org.quadralib.optim.GradientClipping;
import org.quadralib.optim.Sgd;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;

/**
 * A QResNet-14 trained on a device beside the vector backend: the same losses, only batch and loss
 * on the way, and as much device memory as the plan says.
 *
 * <p>The learning rate is small because the network amplifies rounding: with 1e-4 the losses of the
 * vector backend with and without Winograd, whose results differ by 1e-6, are up to 0.06 apart
 * within 20 steps.
 */
class DeviceTrainingTest {
  private static final int STEPS = 20;
  private static final double LEARNING_RATE = 1e-5;
  private static final double TOLERANCE = 1e-3;
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
    List<String> data = new ArrayList<>(List.of("digits", "colour 32x32"));
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
    Map<String, float[]> expectedWeights = train("vector", data, backprop, expected);
    Map<String, float[]> weights = train("tornado", data, backprop, actual);
    for (int i = 0; i < STEPS; i++) {
      int step = i;
      assertEquals(
          expected.get(i),
          actual.get(i),
          TOLERANCE,
          () -> "loss of step " + step + " of " + actual + ", on a processor " + expected);
    }
    expectedWeights.forEach((name, values) -> assertClose(name, values, weights.get(name)));
  }

  private static void assertClose(String name, float[] expected, float[] actual) {
    float most = 0;
    for (float value : expected) {
      most = Math.max(most, Math.abs(value));
    }
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], 1e-3f * most + 1e-3f, name + " " + i);
    }
  }

  private static Map<String, float[]> train(
      String backendName, String data, Backprop backprop, List<Double> losses) {
    boolean small = data.equals("digits");
    Shape example = small ? Shape.of(1, 8, 8) : Shape.of(3, 32, 32);
    int batch = small ? 16 : 4;
    Recipe recipe =
        Recipe.defaults()
            .optimizer(new Sgd().weightDecay(5e-4))
            .clipping(GradientClipping.byNorm(5))
            .backprop(backprop);
    try (Backend backend = Backends.named(backendName, 2);
        Model model = Model.create(Models.named("qresnet14").build(10), example, 3);
        TrainingStep step = TrainingStep.compile(model, backend, recipe, batch)) {
      step.executable().detachState();
      assertEquals(step.predictedPeakBytes(), step.measuredPeakBytes(), "bytes held");
      for (int i = 0; i < STEPS; i++) {
        fill(data, i, step);
        step.executable().measureDevice(i > 0);
        Traffic before = step.executable().traffic();
        losses.add(step.run(i, LEARNING_RATE));
        if (i > 0 && backendName.equals("tornado")) {
          requireOnlyBatchAndResults(
              step,
              step.executable().traffic().since(before),
              step.executable().deviceProfile().orElseThrow());
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

  /**
   * Sizes below 16 KiB are rounded up to powers of two. What TornadoVM's profiler counts is as
   * much, and the frame of arguments that it sends with each launch; kernels send nothing back
   * unasked.
   */
  private static void requireOnlyBatchAndResults(
      TrainingStep step, Traffic traffic, DeviceProfile profile) {
    long inputs =
        step.plan().graph().inputs().stream().mapToLong(value -> value.type().bytes()).sum();
    long outputs =
        step.plan().graph().outputs().values().stream()
            .mapToLong(value -> value.type().bytes())
            .sum();
    assertTrue(traffic.launches() >= step.plan().graph().nodes().size() / 2, traffic.toString());
    assertTrue(
        traffic.sentBytes() >= inputs && traffic.sentBytes() <= 2 * inputs + 8192,
        () -> traffic + " to send " + inputs);
    assertEquals(outputs + Float.BYTES, traffic.receivedBytes(), "outputs and a count");
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
    if (data.equals("digits")) {
      fill(Datasets.open("digits", null, DataOptions.defaults()).train(), number, input, target);
      return;
    }
    if (data.equals(IMAGES)) {
      Path folder = Path.of(data);
      fill(Datasets.open("folder", folder, DataOptions.defaults()).train(), number, input, target);
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
