package org.quadralib.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quadralib.golden.Golden;
import org.quadralib.memory.Category;
import org.quadralib.memory.TensorArena;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Tensor;
import org.quadralib.tensor.TensorType;

class SafeTensorsWriteTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"conv", "dense", "qresnet14-random", "qresnet14-train"})
  void rewritesGoldenFilesByteForByte(String name) throws IOException {
    assertRewrittenByteForByte(Golden.copy(name, folder));
  }

  @Test
  void rewritesAwkwardNamesByteForByte() throws IOException {
    assertRewrittenByteForByte(Samples.copy("plain.safetensors", folder));
  }

  private void assertRewrittenByteForByte(Path original) throws IOException {
    Path copy = folder.resolve("copy.safetensors");
    try (SafeTensors file = SafeTensors.open(original)) {
      SafeTensors.write(copy, file.tensors(), file.metadata());
    }
    assertEquals(-1, Files.mismatch(original, copy));
  }

  @Test
  void orderOfTheMapDoesNotMatter() throws IOException {
    Path original = Golden.copy("dense", folder);
    Path copy = folder.resolve("copy.safetensors");
    try (SafeTensors file = SafeTensors.open(original)) {
      SafeTensors.write(copy, new LinkedHashMap<>(file.tensors()).reversed(), file.metadata());
    }
    assertEquals(-1, Files.mismatch(original, copy));
  }

  @Test
  void rewritesTheFileItIsReading() throws IOException {
    Path path = Samples.copy("plain.safetensors", folder);
    try (SafeTensors file = SafeTensors.open(path)) {
      SafeTensors.write(path, file.tensors());
      assertEquals(3.5, file.tensor("scalar").get(0));
    }
    try (SafeTensors file = SafeTensors.open(path)) {
      assertTrue(file.metadata().isEmpty());
      assertEquals(3.5, file.tensor("scalar").get(0));
    }
  }

  @Test
  void writesWhatItReads() throws IOException {
    Path path = folder.resolve("a.safetensors");
    try (TensorArena arena = TensorArena.root("test")) {
      // More than one chunk, and not a whole number of them.
      Tensor large = Samples.ramp(arena, DType.FLOAT32, 3, 347, 509);
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      for (DType dtype : DType.values()) {
        tensors.put("t." + dtype, Samples.ramp(arena, dtype, 3, 5));
      }
      tensors.put("large", large);
      tensors.put("empty", Samples.ramp(arena, DType.INT64, 0, 4));
      SafeTensors.write(path, tensors, Map.of("epoch", "3"));
      try (SafeTensors file = SafeTensors.open(path)) {
        assertEquals(tensors.keySet(), file.tensors().keySet());
        assertEquals(
            List.of("empty", "t.INT64", "t.FLOAT64", "large", "t.FLOAT32", "t.INT32"),
            List.copyOf(file.tensors().keySet()));
        tensors.forEach(
            (name, tensor) -> {
              assertEquals(tensor.type(), file.tensor(name).type());
              assertEquals(-1, tensor.segment().mismatch(file.tensor(name).segment()), name);
            });
        assertEquals(Map.of("epoch", "3"), file.metadata());
      }
    }
  }

  @Test
  void writesAFileWithoutTensors() throws IOException {
    Path path = folder.resolve("none.safetensors");
    SafeTensors.write(path, Map.of());
    assertArrayEquals(Samples.safetensors("{}      ", 0), Files.readAllBytes(path));
  }

  @Test
  void refusesNamesTheFormatCannotHold() {
    Path path = folder.resolve("a.safetensors");
    try (TensorArena arena = TensorArena.root("test")) {
      Tensor tensor = arena.allocate("t", Category.INPUT, TensorType.float32(1));
      assertThrows(
          IllegalArgumentException.class,
          () -> SafeTensors.write(path, Map.of("__metadata__", tensor)));
      assertThrows(
          IllegalArgumentException.class, () -> SafeTensors.write(path, Map.of("\ud800", tensor)));
      String tooLong = "x".repeat((int) SafeTensorsHeader.MAX_BYTES);
      var error =
          assertThrows(
              IllegalArgumentException.class,
              () -> SafeTensors.write(path, Map.of(), Map.of("key", tooLong)));
      assertTrue(error.getMessage().contains("100000000"), error.getMessage());
    }
    assertTrue(Files.notExists(path));
  }
}
