package org.quadralib.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.quadralib.architecture.Architecture;
import org.quadralib.backend.Backend;
import org.quadralib.backend.Backends;
import org.quadralib.checkpoint.Weights;
import org.quadralib.graph.op.NeuronType;
import org.quadralib.graph.op.Window;
import org.quadralib.io.FormatException;
import org.quadralib.layers.Activation;
import org.quadralib.layers.AvgPool2d;
import org.quadralib.layers.BatchNorm2d;
import org.quadralib.layers.Clip;
import org.quadralib.layers.Conv2d;
import org.quadralib.layers.Dense;
import org.quadralib.layers.Dropout;
import org.quadralib.layers.Flatten;
import org.quadralib.layers.Layer;
import org.quadralib.layers.LayerGraph;
import org.quadralib.layers.LowRankConv2d;
import org.quadralib.layers.MaxPool2d;
import org.quadralib.layers.Model;
import org.quadralib.layers.ParameterSpec;
import org.quadralib.layers.ParameterSpec.Kind;
import org.quadralib.layers.ParameterSpec.Order;
import org.quadralib.layers.QuadEnhancer;
import org.quadralib.layers.QuadraticConv2d;
import org.quadralib.layers.QuadraticDense;
import org.quadralib.layers.Sequential;
import org.quadralib.layers.ZeroPad2d;
import org.quadralib.models.ModelEntry;
import org.quadralib.models.ModelOptions;
import org.quadralib.models.Models;
import org.quadralib.tensor.Shape;
import org.quadralib.train.EvaluationStep;
import org.quadralib.train.Recipe;
import org.quadralib.train.TrainingStep;

/** Exported models compute in ONNX Runtime what they compute here, and come back. */
class OnnxTest {
  private static final Shape IMAGE = Shape.of(3, 16, 16);

  /**
   * Fewer make the statistics of the last stages, where one pixel is left, arbitrary: of 16 images
   * a narrow ResNet-50 amplifies the rounding of its sums to 1.2e-4 of the largest output, of 64 to
   * a quarter of that.
   */
  private static final int BATCH = 64;

  private static final int STEPS_TO_SETTLE = 40;

  @TempDir Path folder;

  static Stream<ModelEntry> pool() {
    return Models.all().stream();
  }

  /** Every model traces, trains two steps, saves, comes back with equal outputs, and exports. */
  @ParameterizedTest
  @MethodSource("pool")
  void everyModelOfThePoolTrainsSavesAndRunsElsewhere(ModelEntry entry) throws Exception {
    Layer network = entry.build(ModelOptions.of(IMAGE, 7).width(0.125));
    try (Backend backend = Backends.automatic(1);
        Backend reference = Backends.named("scalar", 1);
        Model model = Model.create(network, IMAGE, 5);
        Model loaded = Model.create(network, IMAGE, 6)) {
      train(model, backend, 2, 1e-3);
      train(model, backend, STEPS_TO_SETTLE, 0);
      Path weights = folder.resolve("weights.safetensors");
      Weights.save(weights, model, Map.of());
      Weights.load(weights, loaded);
      float[] fast = outputs(model, backend);
      assertEquals(0, Arrays.compare(fast, outputs(loaded, backend)));
      Path file = folder.resolve("model.onnx");
      OnnxExport.write(file, model);
      float[] elsewhere = onnxRuntime(file);
      assertClose(outputs(model, reference), elsewhere);
      assertClose(fast, elsewhere);
    }
  }

  /** As they are used, not narrowed. */
  @ParameterizedTest
  @ValueSource(strings = {"qresnet14", "resnet20", "qvgg7"})
  void modelsOfTheirFullWidthRunElsewhere(String name) throws Exception {
    Shape image = Shape.of(3, 32, 32);
    exportsAndAgrees(Models.named(name).build(ModelOptions.of(image, 10)), image);
  }

  @ParameterizedTest
  @EnumSource
  void everyNeuronRunsElsewhere(NeuronType neuron) throws Exception {
    Layer network =
        Sequential.of(
            new QuadraticConv2d(4, 3).neuron(neuron).stride(2),
            new QuadraticConv2d(4, 2).neuron(neuron).groups(2).padding(1),
            new Flatten(),
            new QuadraticDense(6).neuron(neuron));
    exportsAndAgrees(network, Shape.of(2, 7, 6));
  }

  @Test
  void otherLayersRunElsewhere() throws Exception {
    Layer network =
        Sequential.of(
            new ZeroPad2d(1, 0, 2, 1),
            new Conv2d(6, 3).window(new Window(3, 2, 1, 2, 1, 0, 2, 1)).bias(false),
            new BatchNorm2d(1e-3),
            new Clip(-0.5, 2),
            Activation.leakyRelu(0.3),
            new QuadEnhancer(3),
            Activation.silu(),
            new LowRankConv2d(4, 3, 2).padding(1).projections(true),
            Activation.gelu(),
            new MaxPool2d(Window.square(3, 2, 1)),
            Activation.sigmoid(),
            new AvgPool2d(Window.square(2, 1, 1)),
            Activation.tanh(),
            new Dropout(0.5),
            new Flatten(),
            new Dense(5));
    exportsAndAgrees(network, IMAGE);
  }

  private void exportsAndAgrees(Layer network, Shape image) throws Exception {
    try (Backend backend = Backends.automatic(1);
        Model model = Model.create(network, image, 5)) {
      train(model, backend, STEPS_TO_SETTLE, 0);
      Path file = folder.resolve("model.onnx");
      OnnxExport.write(file, model);
      assertClose(outputs(model, backend), onnxRuntime(file));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"vgg11", "resnet20", "mobilenetv1", "resnet50", "qvgg7", "qresnet10"})
  void modelsComeBack(String name) throws Exception {
    Layer network = Models.named(name).build(ModelOptions.of(IMAGE, 7).width(0.125));
    roundTrips(network, IMAGE);
  }

  @Test
  void branchesAndOddPaddingComeBack() throws Exception {
    Layer network =
        new LayerGraph(
            List.of(
                node("pad", new ZeroPad2d(0, 0, 0, 0), LayerGraph.INPUT),
                node("stem", new Conv2d(6, 3).padding(1), LayerGraph.INPUT),
                node("a", new Conv2d(4, 1).bias(false), "stem"),
                node("clip", new Clip(0, 6), "a"),
                node("b", new Conv2d(6, 3).padding(1).groups(Conv2d.DEPTHWISE), "stem"),
                new LayerGraph.Node(
                    "join", List.of("clip", "b"), LayerGraph.Merge.CONCAT, Sequential.of()),
                node("pool", new AvgPool2d(2), "join"),
                node("flat", new Flatten(), "pool"),
                node("out", new Dense(3), "flat")));
    roundTrips(network, Shape.of(2, 8, 8));
  }

  /** As one node each, with which also others' programs know what to do, and as layers. */
  @Test
  void everyRangeComesBack() throws Exception {
    Layer network =
        Sequential.of(
            new Conv2d(4, 3),
            new Clip(Double.NEGATIVE_INFINITY, 1.5),
            new Clip(0, 6),
            new Clip(-0.5, 2),
            new Clip(-0.25, Double.POSITIVE_INFINITY),
            Activation.relu(),
            new Flatten(),
            new Dense(3));
    Shape image = Shape.of(2, 6, 6);
    roundTrips(network, image);
    Path file = folder.resolve("model.onnx");
    try (ImportedModel imported = OnnxImport.read(file)) {
      List<Layer> clips =
          ((Sequential) imported.architecture().network())
              .layers().values().stream().filter(layer -> layer instanceof Clip).toList();
      assertEquals(
          List.of(
              new Clip(Double.NEGATIVE_INFINITY, 1.5),
              new Clip(0, 6),
              new Clip(-0.5, 2),
              new Clip(-0.25, Double.POSITIVE_INFINITY)),
          clips);
    }
  }

  private static LayerGraph.Node node(String name, Layer layer, String input) {
    return new LayerGraph.Node(name, List.of(input), LayerGraph.Merge.ADD, layer);
  }

  private void roundTrips(Layer network, Shape image) throws Exception {
    Path file = folder.resolve("model.onnx");
    try (Backend backend = Backends.automatic(1);
        Model model = Model.create(network, image, 5)) {
      train(model, backend, STEPS_TO_SETTLE, 1e-3);
      OnnxExport.write(file, model);
      try (ImportedModel imported = OnnxImport.read(file);
          Model again = Model.create(imported.architecture().network(), image, 6)) {
        assertEquals(image, imported.architecture().input());
        assertEquals(model.parameters().keySet(), again.parameters().keySet());
        again.load(imported.weights());
        assertClose(outputs(model, backend), outputs(again, backend));
        Architecture written = imported.architecture();
        assertEquals(written, Architecture.parse(written.yaml(), "test"));
        Path second = folder.resolve("again.onnx");
        OnnxExport.write(second, again);
        assertClose(outputs(model, backend), onnxRuntime(second));
      }
    }
  }

  /** ONNX stores settings as floats, but 1e-6 is not to come back as 9.999999974752427e-7. */
  @Test
  void settingsComeBackAsTheyWereWritten() throws Exception {
    Shape image = Shape.of(2, 3, 3);
    Layer network = Sequential.of(new BatchNorm2d(1e-6), Activation.leakyRelu(0.1));
    Path file = folder.resolve("model.onnx");
    try (Model model = Model.create(network, image, 5)) {
      OnnxExport.write(file, model);
    }
    assertYamlHas(file, "1.0E-6", "0.1");
    OnnxProto.Graph clip =
        new OnnxProto.Graph(
            "x",
            List.of(
                new OnnxProto.Node("Clip", "", List.of("x", "low", "high"), List.of("y"), Map.of()),
                new OnnxProto.Node("Flatten", "", List.of("y"), List.of("z"), Map.of())),
            List.of(constant("low", -0.3f), constant("high", 0.7f)),
            List.of(new OnnxProto.Port("x", OnnxProto.FLOAT, List.of(-1L, 1L, 2L, 2L))),
            List.of(new OnnxProto.Port("z", OnnxProto.FLOAT, List.of(-1L, 4L))));
    Files.write(file, OnnxWriter.write(new OnnxProto.Model(17, clip)));
    assertYamlHas(file, "-0.3", "0.7");
  }

  private static OnnxProto.Array constant(String name, float value) {
    byte[] bytes = OnnxNodes.littleEndian(Float.BYTES).putFloat(value).array();
    return new OnnxProto.Array(name, OnnxProto.FLOAT, List.of(), ByteString.copyFrom(bytes));
  }

  private static void assertYamlHas(Path file, String... settings) throws IOException {
    try (ImportedModel imported = OnnxImport.read(file)) {
      String yaml = imported.architecture().yaml();
      for (String setting : settings) {
        assertTrue(yaml.matches("(?s).*: " + setting + "\\b[^0-9].*"), setting + " in " + yaml);
      }
    }
  }

  @Test
  void unknownOperatorsAreListedInFull() throws IOException {
    OnnxProto.Graph graph =
        new OnnxProto.Graph(
            "x",
            List.of(
                new OnnxProto.Node("LSTM", "", List.of("x"), List.of("y"), Map.of()),
                new OnnxProto.Node("Einsum", "", List.of("y"), List.of("z"), Map.of())),
            List.of(),
            List.of(new OnnxProto.Port("x", OnnxProto.FLOAT, List.of(-1L, 1L, 2L, 2L))),
            List.of(new OnnxProto.Port("z", OnnxProto.FLOAT, List.of(-1L, 1L))));
    Path file = folder.resolve("odd.onnx");
    Files.write(file, OnnxWriter.write(new OnnxProto.Model(20, graph)));
    var refused = assertThrows(FormatException.class, () -> OnnxImport.read(file));
    assertTrue(refused.getMessage().contains("Einsum, LSTM"), refused.getMessage());
  }

  @Test
  void damagedFilesAreRefusedOrReadButNeverHarm() throws IOException {
    Path file = folder.resolve("model.onnx");
    Layer network = Models.named("vgg11").build(ModelOptions.of(Shape.of(1, 8, 8), 3).width(0.02));
    try (Model model = Model.create(network, Shape.of(1, 8, 8), 5)) {
      OnnxExport.write(file, model);
    }
    byte[] good = Files.readAllBytes(file);
    SplittableRandom random = new SplittableRandom(20220829);
    int refused = 0;
    for (int round = 0; round < 600; round++) {
      byte[] bytes = good.clone();
      if (random.nextInt(3) == 0) {
        bytes = Arrays.copyOf(good, random.nextInt(good.length));
      } else {
        for (int flips = 0; flips < 3; flips++) {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
      }
      Files.write(file, bytes);
      try (ImportedModel imported = OnnxImport.read(file)) {
        assertTrue(imported.weights().size() > 1);
      } catch (FormatException e) {
        refused++;
      }
    }
    assertTrue(refused > 100, "refused only " + refused);
  }

  /**
   * Random quadratic networks amplify rounding, so much that no two programs agree; with smaller
   * factors, and running statistics that have settled, they do not.
   */
  private static void train(Model model, Backend backend, int steps, double rate) {
    for (ParameterSpec spec : model.specs()) {
      if (spec.kind() == Kind.NORM_SCALE && spec.order() == Order.SECOND) {
        model.parameters().get(spec.name()).fill(0.3);
      }
    }
    try (TrainingStep step = TrainingStep.compile(model, backend, Recipe.defaults(), BATCH)) {
      step.input().copyFrom(input(step.input().elements()));
      for (int i = 0; i < BATCH; i++) {
        step.target().setLong(i, i % 3);
      }
      for (int i = 0; i < steps; i++) {
        assertTrue(Double.isFinite(step.run(i, rate)));
      }
    }
  }

  private static float[] input(long elements) {
    Random random = new Random(3);
    float[] values = new float[Math.toIntExact(elements)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static float[] outputs(Model model, Backend backend) {
    try (EvaluationStep step = EvaluationStep.compile(model, backend, BATCH)) {
      step.input().copyFrom(input(step.input().elements()));
      step.run();
      return step.logits().toFloats();
    }
  }

  private static float[] onnxRuntime(Path file) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      try (OrtSession session = environment.createSession(file.toString(), options)) {
        long[] shape =
            ((ai.onnxruntime.TensorInfo) session.getInputInfo().get(OnnxExport.INPUT).getInfo())
                .getShape();
        shape[0] = BATCH;
        long elements = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
        try (OnnxTensor x =
                OnnxTensor.createTensor(environment, FloatBuffer.wrap(input(elements)), shape);
            OrtSession.Result result = session.run(withInput(inputs, x))) {
          FloatBuffer values = ((OnnxTensor) result.get(OnnxExport.OUTPUT).get()).getFloatBuffer();
          float[] outputs = new float[values.remaining()];
          values.get(outputs);
          return outputs;
        }
      }
    }
  }

  private static Map<String, OnnxTensor> withInput(Map<String, OnnxTensor> inputs, OnnxTensor x) {
    inputs.put(OnnxExport.INPUT, x);
    return inputs;
  }

  /** Within 1e-4 of the largest output. */
  private static void assertClose(float[] expected, float[] actual) {
    assertEquals(expected.length, actual.length);
    double largest = 1e-6;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], 1e-4 * largest, "output " + i);
    }
  }
}
