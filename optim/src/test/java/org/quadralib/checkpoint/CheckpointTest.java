package org.quadralib.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quadralib.io.SafeTensors;
import org.quadralib.layers.Dense;
import org.quadralib.layers.Model;
import org.quadralib.layers.ModelMismatchException;
import org.quadralib.memory.Category;
import org.quadralib.memory.TensorArena;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;
import org.quadralib.tensor.TensorType;

class CheckpointTest {
  private final TensorArena arena = TensorArena.root("test");

  @TempDir Path folder;

  @AfterEach
  void close() {
    arena.close();
  }

  private Tensor tensor(float... values) {
    Tensor tensor = arena.allocate("tensor", Category.PARAMETER, TensorType.float32(values.length));
    tensor.copyFrom(values);
    return tensor;
  }

  @Test
  void everythingComesBack() {
    Path path = folder.resolve("last.safetensors");
    Checkpoint.save(
        path,
        Map.of("w", tensor(1, -2)),
        Map.of("w.momentum", tensor(-3, 4)),
        Map.of("epoch", "7", "note", "a \"quoted\" note"));
    Tensor w = tensor(0, 0);
    Tensor momentum = tensor(0, 0);
    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      assertEquals("7", checkpoint.metadata().get("epoch"));
      assertEquals("a \"quoted\" note", checkpoint.metadata().get("note"));
      checkpoint.copyTo(Map.of("w", w), Map.of("w.momentum", momentum));
    }
    assertArrayEquals(new float[] {1, -2}, w.toFloats());
    assertArrayEquals(new float[] {-3, 4}, momentum.toFloats());
  }

  @Test
  void otherTensorsAreListedAndNothingIsCopied() {
    Path path = folder.resolve("last.safetensors");
    Checkpoint.save(
        path, Map.of("w", tensor(1, -2), "b", tensor(5)), Map.of("b.old", tensor(1)), Map.of());
    Tensor w = tensor(0, 0);
    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      var error =
          assertThrows(
              CheckpointMismatchException.class,
              () ->
                  checkpoint.copyTo(
                      Map.of("w", w, "b", tensor(1, 1)), Map.of("b.momentum", tensor(0))));
      assertEquals(3, error.differences().size(), error.getMessage());
      assertTrue(error.getMessage().contains("model/b is float32[1], here float32[2]"));
      assertTrue(error.getMessage().contains("no tensor optimizer/b.momentum"));
      assertTrue(error.getMessage().contains("optimizer/b.old is not wanted"));
    }
    assertArrayEquals(new float[] {0, 0}, w.toFloats());
  }

  @Test
  void otherFilesAreRefused() throws IOException {
    Path path = folder.resolve("file.safetensors");
    assertRefused(path, "there is no checkpoint");
    SafeTensors.write(path, Map.of("w", tensor(1)));
    assertRefused(path, "is no checkpoint of a training run");
    SafeTensors.write(
        path,
        Map.of("model/w", tensor(1)),
        Map.of("quadralib.format", "checkpoint", "quadralib.version", "99"));
    assertRefused(path, "of version 99");
    Files.writeString(path, "not a file of tensors");
    assertRefused(path, "file.safetensors");
  }

  private static void assertRefused(Path path, String message) {
    var error = assertThrows(CheckpointException.class, () -> Checkpoint.open(path).close());
    assertTrue(error.getMessage().contains(message), error.getMessage());
  }

  @Test
  void weightsComeBackFromWeightsAndFromCheckpoints() {
    Path weights = folder.resolve("weights.safetensors");
    Path checkpoint = folder.resolve("last.safetensors");
    try (Model model = Model.create(new Dense(2), Shape.of(3), 1);
        Model second = Model.create(new Dense(2), Shape.of(3), 2);
        Model third = Model.create(new Dense(2), Shape.of(3), 3);
        Model other = Model.create(new Dense(4), Shape.of(3), 4)) {
      Weights.save(weights, model, Map.of("accuracy", "0.5"));
      assertEquals("0.5", Weights.load(weights, second).get("accuracy"));
      assertArrayEquals(floats(model), floats(second));
      Checkpoint.save(checkpoint, model.parameters(), Map.of("m", tensor(1)), Map.of());
      Weights.load(checkpoint, third);
      assertArrayEquals(floats(model), floats(third));
      assertThrows(ModelMismatchException.class, () -> Weights.load(weights, other));
      Path nowhere = folder.resolve("no/such/folder/w.safetensors");
      assertThrows(CheckpointException.class, () -> Weights.save(nowhere, model, Map.of()));
      assertThrows(CheckpointException.class, () -> Weights.load(nowhere, model));
    }
  }

  private static float[] floats(Model model) {
    return model.parameters().get("weight").toFloats();
  }
}
