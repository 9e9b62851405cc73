package org.quadralib.samples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quadralib.io.Npy;
import org.quadralib.io.SafeTensors;
import org.quadralib.layers.Model;
import org.quadralib.memory.Category;
import org.quadralib.memory.TensorArena;
import org.quadralib.models.Models;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;
import org.quadralib.tensor.TensorType;

/** Damaged, missing and foreign files of every kind are answered with one sentence. */
class WrongFilesTest {
  private static final Random RANDOM = new Random(17);

  @TempDir Path folder;
  private Path weights;
  private Path images;
  private Path output;

  @BeforeEach
  void writeGoodFiles() throws IOException {
    weights = folder.resolve("w.safetensors");
    images = folder.resolve("x.npy");
    output = folder.resolve("y.npy");
    try (Model model = Model.create(Models.named("qmlp").build(10), Shape.of(1, 8, 8), 1)) {
      SafeTensors.write(weights, model.parameters(), Map.of("model", "qmlp"));
    }
    writeArray(DType.FLOAT32, 4, 1, 8, 8);
    predict().ok();
    Files.delete(output);
  }

  private void writeArray(DType dtype, int... dims) throws IOException {
    try (TensorArena arena = TensorArena.root("test")) {
      Tensor x = arena.allocate("x", Category.INPUT, new TensorType(dtype, Shape.of(dims)));
      Npy.write(images, x);
    }
  }

  private Cli.Answer predict(String... more) {
    String[] args = {
      "predict",
      "--weights",
      weights.toString(),
      "--input",
      images.toString(),
      "--output",
      output.toString(),
      "--backend",
      "scalar"
    };
    String[] all = Arrays.copyOf(args, args.length + more.length);
    System.arraycopy(more, 0, all, args.length, more.length);
    return Cli.run(all);
  }

  private static void cutShort(Path file, int bytes) throws IOException {
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), bytes));
  }

  private static void append(Path file, int bytes) throws IOException {
    byte[] old = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(old, old.length + bytes));
  }

  @Test
  void arrays() throws IOException {
    cutShort(images, 300);
    predict().refused("x.npy", "cut short");
    writeArray(DType.FLOAT32, 4, 1, 8, 8);
    append(images, 7);
    predict().refused("x.npy", "bytes left over");
    Files.write(images, new byte[0]);
    predict().refused("x.npy");
    Files.writeString(images, "not an array at all");
    predict().refused("x.npy", "npy");
    Files.delete(images);
    predict().refused("x.npy: there is no such file");
    images = folder;
    predict().refused(folder.toString());
    assertFalse(Files.exists(output));
  }

  @Test
  void arraysOfTheWrongShapeOrType() throws IOException {
    writeArray(DType.FLOAT32, 4, 64);
    predict().refused("float32[4x64]", "[N, channels, height, width]");
    writeArray(DType.FLOAT64, 4, 1, 8, 8);
    predict().refused("float64");
    writeArray(DType.FLOAT32, 4, 3, 8, 8);
    predict()
        .refused("does not hold weights of model 'qmlp' for images of [3x8x8]", "1.fc1.weight");
    writeArray(DType.FLOAT32, 0, 1, 8, 8);
    predict().ok();
  }

  @Test
  void weights() throws IOException {
    byte[] good = Files.readAllBytes(weights);
    cutShort(weights, good.length / 2);
    predict().refused("w.safetensors");
    Files.write(weights, good);
    append(weights, 4);
    predict().refused("w.safetensors");
    byte[] oversized = good.clone();
    ByteBuffer.wrap(oversized).putLong(0, Long.MAX_VALUE);
    Files.write(weights, oversized);
    predict().refused("w.safetensors", "byte 0");
    byte[] noise = new byte[4096];
    RANDOM.nextBytes(noise);
    Files.write(weights, noise);
    predict().refused("w.safetensors");
    Files.write(weights, new byte[3]);
    predict().refused("w.safetensors");
    Files.delete(weights);
    predict().refused("w.safetensors: there is no such file");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          normalize.mean | grey | its metadata 'normalize.mean' is 'grey', not numbers
          normalize.mean | 0.5, | its metadata 'normalize.mean' is '0.5,', not numbers
          normalize.std  | 0    | deviation above 0
          normalize.std  | NaN  | deviation above 0
          normalize.std  | 1,1  | one finite mean and one deviation above 0 per channel
          normalize.std  |      | its metadata 'normalize.std' is missing
          input          | 8x8  | its metadata 'input' is '8x8', not a shape such as 3x32x32
          model          | qcn  | there is no model 'qcn' (did you mean 'qcnn'?)
          data           | digt | There is no data set 'digt' (did you mean 'digits'?)
          """)
  void wrongMetadata(String key, String value, String sentence) throws IOException {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("model", "qmlp");
    metadata.put("normalize.mean", "0.5");
    metadata.put("normalize.std", "0.25");
    if (value == null) {
      metadata.remove(key);
    } else {
      metadata.put(key, value);
    }
    rewrite(metadata, Map.of());
    Cli.run("evaluate", "--weights", weights.toString()).refused(sentence);
  }

  /** PyTorch counts batches beside the running statistics; nothing here needs the count. */
  @Test
  void countersOfPyTorchAreIgnored() throws IOException {
    float[] before = logits();
    try (TensorArena arena = TensorArena.root("test")) {
      TensorType scalar = new TensorType(DType.INT64, Shape.of());
      Tensor count = arena.allocate("count", Category.PARAMETER, scalar);
      count.set(0, 937);
      rewrite(Map.of("model", "qmlp"), Map.of("2.num_batches_tracked", count));
    }
    assertArrayEquals(before, logits(), 0f);
  }

  @Test
  void weightsThatAreNoNumbersAreWarnedOf() throws IOException {
    assertEquals("", predict().ok().err());
    try (TensorArena arena = TensorArena.root("test");
        SafeTensors file = SafeTensors.open(weights)) {
      Tensor damaged = arena.allocate("bias", Category.PARAMETER, file.tensor("4.bias").type());
      damaged.set(3, Float.POSITIVE_INFINITY);
      rewrite(Map.of("model", "qmlp"), Map.of("4.bias", damaged));
    }
    String warning = "w.safetensors holds NaN or infinite values in 1 of its ";
    String predicted = predict().ok().err();
    assertTrue(predicted.contains(warning) && predicted.contains("4.bias"), predicted);
    String evaluated = Cli.run("evaluate --backend scalar --weights " + weights).ok().err();
    assertTrue(evaluated.contains(warning), evaluated);
  }

  private float[] logits() throws IOException {
    predict().ok();
    try (Npy file = Npy.open(output)) {
      return file.tensor().toFloats();
    }
  }

  private void rewrite(Map<String, String> metadata, Map<String, Tensor> more) throws IOException {
    try (SafeTensors old = SafeTensors.open(weights)) {
      Map<String, Tensor> tensors = new LinkedHashMap<>(old.tensors());
      tensors.putAll(more);
      SafeTensors.write(weights, tensors, metadata);
    }
  }

  @Test
  void weightsOfAnotherModel() {
    predict("--model", "qcnn").refused("does not hold weights of model 'qcnn'", "missing: ");
    predict("--classes", "7").refused("4.weight is float32[10x32], expected float32[7x32]");
  }

  @Test
  void outputThatCannotBeWritten() {
    output = folder.resolve("no/such/folder/y.npy");
    predict().refused("there is no folder");
    output = folder;
    predict().refused("it is a folder");
    output = Path.of("/dev/full");
    assumeTrue(Files.exists(output), "the system has no full device");
    predict().refused("/dev/full", "No space left on device");
  }

  @Test
  void moreThanMemoryHolds() {
    Cli.run("evaluate", "--weights", weights.toString(), "--batch", "500000000")
        .refused(" needs ", "GiB", "is available", "smaller batch");
  }

  // ------------------------------------------------------------------ data sets

  private Cli.Answer train(String data) {
    return Cli.run(
        "train",
        "--quiet",
        "--model",
        "qmlp",
        "--epochs",
        "1",
        "--batch",
        "2",
        "--backend",
        "scalar",
        "--data",
        data,
        "--data-dir",
        folder.toString(),
        "--out",
        folder.resolve("run").toString());
  }

  private static byte[] idx(int magic, int[] dims, int dataBytes) {
    ByteBuffer buffer = ByteBuffer.allocate(4 + 4 * dims.length + dataBytes);
    buffer.putInt(magic);
    for (int dim : dims) {
      buffer.putInt(dim);
    }
    for (int i = 0; i < dataBytes; i++) {
      buffer.put((byte) (i % 10));
    }
    return buffer.array();
  }

  private void writeMnist(int magic, int[] dims, int dataBytes) throws IOException {
    for (String part : new String[] {"train", "t10k"}) {
      Files.write(folder.resolve(part + "-images-idx3-ubyte"), idx(magic, dims, dataBytes));
      int labels = Math.clamp(dims[0], 0, 100);
      Files.write(
          folder.resolve(part + "-labels-idx1-ubyte"), idx(0x801, new int[] {dims[0]}, labels));
    }
  }

  @Test
  void mnist() throws IOException {
    train("mnist").refused("MNIST", folder.toString());
    writeMnist(0x803, new int[] {40, 28, 28}, 40 * 784 - 1);
    train("mnist").refused("train-images-idx3-ubyte");
    writeMnist(0x803, new int[] {40, 28, 28}, 40 * 784 + 1);
    train("mnist").refused("train-images-idx3-ubyte");
    writeMnist(0x805, new int[] {40, 28, 28}, 40 * 784);
    train("mnist").refused("train-images-idx3-ubyte");
    writeMnist(0x803, new int[] {Integer.MAX_VALUE, 28, 28}, 784);
    train("mnist").refused("train-");
    writeMnist(0x803, new int[] {-1, -5, 28}, 784);
    train("mnist").refused("train-images", "announces 4294967295 images of 4294967291 x 28");
    writeMnist(0x803, new int[] {40, 28, 28}, 40 * 784);
    Files.write(folder.resolve("train-labels-idx1-ubyte"), idx(0x801, new int[] {39}, 39));
    train("mnist").refused("39", "40");
    writeMnist(0x803, new int[] {40, 28, 28}, 40 * 784);
    train("mnist").ok();
  }

  @Test
  void cifar() throws IOException {
    train("cifar10").refused("CIFAR-10", folder.toString());
    for (int i = 1; i <= 5; i++) {
      Files.write(folder.resolve("data_batch_" + i + ".bin"), new byte[3073 * 4]);
    }
    Files.write(folder.resolve("test_batch.bin"), new byte[3073 * 4 - 1]);
    train("cifar10").refused("test_batch.bin");
    byte[] wrongLabel = new byte[3073 * 4];
    wrongLabel[3073] = 77;
    Files.write(folder.resolve("test_batch.bin"), wrongLabel);
    train("cifar10").refused("test_batch.bin", "77");
    Files.write(folder.resolve("test_batch.bin"), new byte[3073 * 4]);
    String warnings = train("cifar10").ok().err();
    assertEquals(2, warnings.lines().count(), warnings);
    assertTrue(warnings.contains("quadra: warning: cifar10/train in "), warnings);
  }

  @Test
  void imageFolders() throws IOException {
    train("folder").refused(folder.toString());
    TestImages.write(folder, List.of("cat", "dog"), 10, 12);
    Path image = folder.resolve("cat/3.png");
    byte[] good = Files.readAllBytes(image);
    Files.write(image, Arrays.copyOf(good, good.length / 3));
    train("folder").refused("3.png");
    Files.writeString(image, "not an image");
    train("folder").refused("3.png");
    Files.write(image, TestImages.png(9, 12));
    train("folder").refused("3.png", "9", "12");
    Files.write(image, good);
    train("folder").ok();
  }

  @Test
  void imagesTooSmallForTheModelNameTheLayer() throws IOException {
    Path network =
        Files.writeString(
            folder.resolve("net.yaml"),
            """
            architecture: 1
            input: 1x8x8
            network:
              type: sequential
              layers:
              - {name: pool, type: max-pool2d, kernel: 9}
            """);
    Cli.run("train", "--model", network.toString(), "--out", folder.resolve("r").toString())
        .refused("net.yaml", "layer 'pool'", "height 8");
  }
}
