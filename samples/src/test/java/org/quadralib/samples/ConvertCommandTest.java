package org.quadralib.samples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quadralib.golden.Golden;
import org.quadralib.io.Npy;
import org.quadralib.io.SafeTensors;
import org.quadralib.memory.Category;
import org.quadralib.memory.TensorArena;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Tensor;
import org.quadralib.tensor.TensorType;

/** Files of the rest of the world through the command line. */
class ConvertCommandTest {
  @TempDir Path folder;

  /** Logits of a checkpoint that PyTorch wrote, within 1e-4 of PyTorch's. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "qresnet14-random.pth",
        "qresnet14-random-legacy.pth",
        "qresnet14-random.safetensors"
      })
  void predictsAsPyTorchDoes(String name) throws IOException {
    assertGolden(Golden.copyFile(name, folder), "--model", "qresnet14");
  }

  @Test
  void aModelGoesThroughEveryFormatAndBack() throws IOException {
    Path pth = Golden.copyFile("qresnet14-random.pth", folder);
    convert(pth, "a.safetensors", "--model", "qresnet14", "--input", "3x32x32");
    assertGolden(folder.resolve("a.safetensors"));
    convert(folder.resolve("a.safetensors"), "b.npz");
    assertGolden(folder.resolve("b.npz"), "--model", "qresnet14");
    convert(folder.resolve("a.safetensors"), "c.onnx");
    convert(folder.resolve("c.onnx"), "d.safetensors");
    assertGolden(folder.resolve("d.safetensors"));
    convert(folder.resolve("a.safetensors"), "e.yaml");
    assertGolden(pth, "--model", folder.resolve("e.yaml").toString());
  }

  @Test
  void safetensorsComeBackToTheByte() throws IOException {
    Path original = Golden.copyFile("qresnet14-random.safetensors", folder);
    convert(original, "same.safetensors");
    assertArrayEquals(
        Files.readAllBytes(original), Files.readAllBytes(folder.resolve("same.safetensors")));
  }

  @Test
  void wrongFilesAreAnsweredInOneSentence() throws IOException {
    byte[] whole = Files.readAllBytes(Golden.copyFile("qresnet14-random.pth", folder));
    Path cut = Files.write(folder.resolve("cut.pth"), Arrays.copyOf(whole, whole.length / 2));
    predict(cut, "--model", "qresnet14")
        .refused("cut.pth", "the file is cut short", "get it again");

    Map<String, Tensor> tensors = new LinkedHashMap<>(Golden.open("qresnet14-random"));
    tensors.put("conv1.wieght", tensors.remove("conv1.weight"));
    Path renamed = folder.resolve("renamed.safetensors");
    SafeTensors.write(renamed, tensors);
    predict(renamed, "--model", "qresnet14")
        .refused("missing: conv1.weight [16x3x3x3]", "unexpected: conv1.wieght", "2 differences");

    tensors.put("conv1.weight", tensors.remove("conv1.wieght"));
    tensors.put("fc.weight", tensors.remove("linear.weight"));
    SafeTensors.write(renamed, tensors);
    predict(renamed, "--model", "qresnet14")
        .refused("missing: linear.weight [10x64]", "unexpected: fc.weight", "2 differences");

    try (TensorArena arena = TensorArena.root("test")) {
      tensors = new LinkedHashMap<>(Golden.open("qresnet14-random"));
      tensors.put("linear.bias", arena.allocate("b", Category.PARAMETER, TensorType.float32(7)));
      Path shape = folder.resolve("shape.safetensors");
      SafeTensors.write(shape, tensors);
      predict(shape, "--model", "qresnet14").refused("linear.bias is float32[7]");
    }

    Path evil = folder.resolve("evil.pth");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(evil))) {
      zip.putNextEntry(new ZipEntry("evil/data.pkl"));
      String touched = folder.resolve("touched").toString();
      zip.write(("cos\nsystem\n(Vtouch " + touched + "\ntR.").getBytes(StandardCharsets.UTF_8));
    }
    predict(evil, "--model", "qresnet14")
        .refused("evil.pth", "'os.system'", "nothing of it was run");
    assertFalse(Files.exists(folder.resolve("touched")));
  }

  @Test
  void whatCannotBeConvertedSaysWhy() throws IOException {
    Path pth = Golden.copyFile("qresnet14-random.pth", folder);
    Cli.run("convert", pth.toString(), folder.resolve("x.bin").toString())
        .refused(".safetensors, .npz, .onnx or .yaml");
    Cli.run("convert", pth.toString(), folder.resolve("x.pth").toString()).refused("not written");
    Cli.run("convert", pth.toString(), folder.resolve("x.onnx").toString()).refused("--model");
    Cli.run("convert", pth.toString(), folder.resolve("x.onnx").toString(), "--model", "qresnet14")
        .refused("--input");
    Cli.run("convert", folder.resolve("none.pth").toString(), folder.resolve("x.npz").toString())
        .refused("none.pth");
  }

  @Test
  void publishedConfigurationsAreUnderstood() throws IOException {
    Path config =
        Files.writeString(
            folder.resolve("config.yaml"),
            """
            architecture: qmobilenet13
            data_path: ./data
            num_classes: 10
            dataset: cifar10
            augmentation:
              normalize: True
              random_crop: True
              random_horizontal_filp: False
              cutout: True
              holes: 1
              length: 8
            epoch: 200
            input_size: 32
            learning_rate: 1e-1
            final_learning_rate: 0.0001
            batch_size: 256
            test_batch: 256
            workers: 4
            """);
    TrainOptions options = new OptionLayers().add(config).options();
    assertEquals("qmobilenetv1", options.source.model);
    assertEquals("cifar10", options.source.data);
    assertEquals(200, options.learning.epochs);
    assertEquals(0.1, options.learning.lr);
    assertEquals(BatchSize.of(256), options.learning.batch);
    assertEquals(5e-4, options.learning.weightDecay);
    assertEquals(0.5, options.learning.clip);
    assertEquals(ScheduleName.COSINE, options.learning.schedule);
    assertEquals(4, options.augmentation.crop);
    assertEquals(8, options.augmentation.cutout);
    assertEquals(false, options.augmentation.flip);
    Files.writeString(config, "architecture: qvgg7\nepochz: 3\n");
    Cli.run("train", "--config", config.toString())
        .refused("line 2", "epochz", "did you mean 'epoch'?");
  }

  /** Each key by itself, and options of the command line among theirs. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "weight-decay: 1e-3\nlr: 0.2\nbatch: 16\nepochs: 3\nquadratic-lr-scale: 0.5\n",
        "weight_decay: 1e-3\nlearning_rate: 0.2\nbatch_size: 16\nepoch: 3\nquadratic_lr_scale: 0.5",
        "architecture: qvgg7\nweight_decay: 1e-3\nlr: 0.2\nbatch_size: 16\nepochs: 3\n"
            + "quadratic-lr-scale: 0.5\n",
      })
  void bothStylesOfKeysMeanTheSame(String text) throws IOException {
    Path config = Files.writeString(folder.resolve("config.yaml"), text);
    TrainOptions options = new OptionLayers().add(config).options();
    assertEquals(1e-3, options.learning.weightDecay);
    assertEquals(0.2, options.learning.lr);
    assertEquals(BatchSize.of(16), options.learning.batch);
    assertEquals(3, options.learning.epochs);
    assertEquals(0.5, options.learning.quadraticLrScale);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "architecture: qvgg7\n"})
  void anOptionSaidTwiceInBothStylesIsRefused(String before) throws IOException {
    Path config =
        Files.writeString(
            folder.resolve("config.yaml"), before + "weight-decay: 1e-3\nweight_decay: 1e-4\n");
    Cli.run("train", "--config", config.toString())
        .refused("the option 'weight-decay' is there twice, here as 'weight_decay'");
  }

  private void convert(Path in, String out, String... more) {
    String[] start = {"convert", in.toString(), folder.resolve(out).toString()};
    String[] all = Arrays.copyOf(start, start.length + more.length);
    System.arraycopy(more, 0, all, start.length, more.length);
    Cli.run(all).ok();
  }

  private Cli.Answer predict(Path weights, String... more) throws IOException {
    Path images = folder.resolve("x.npy");
    Npy.write(images, Golden.open("qresnet14-train").get("x"));
    String[] start = {
      "predict",
      "--weights",
      weights.toString(),
      "--input",
      images.toString(),
      "--output",
      folder.resolve("y.npy").toString()
    };
    String[] all = Arrays.copyOf(start, start.length + more.length);
    System.arraycopy(more, 0, all, start.length, more.length);
    return Cli.run(all);
  }

  private void assertGolden(Path weights, String... more) throws IOException {
    predict(weights, more).ok();
    Tensor expected = Golden.open("qresnet14-train").get("logits_eval");
    try (Npy file = Npy.open(folder.resolve("y.npy"))) {
      assertEquals(DType.FLOAT32, file.tensor().type().dtype());
      assertEquals(expected.shape(), file.tensor().shape());
      double largest = 0;
      for (long i = 0; i < expected.elements(); i++) {
        largest = Math.max(largest, Math.abs(expected.get(i)));
      }
      assertTrue(largest > 0.1);
      for (long i = 0; i < expected.elements(); i++) {
        assertEquals(expected.get(i), file.tensor().get(i), 1e-4 * Math.max(1, largest));
      }
    }
  }
}
