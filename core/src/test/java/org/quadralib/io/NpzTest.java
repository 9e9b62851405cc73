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
import java.util.NoSuchElementException;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quadralib.memory.TensorArena;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;

class NpzTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"stored.npz", "deflated.npz"})
  void readsWhatNumPyWrote(String name) throws IOException {
    try (Npz file = Npz.open(Samples.copy(name, folder))) {
      assertEquals(
          List.of("weight", "layer/1/bias", "labels", "pixels"),
          List.copyOf(file.tensors().keySet()));
      assertEquals(Shape.of(3, 4), file.tensor("weight").shape());
      assertEquals(-2.5, file.tensor("weight").get(0));
      assertEquals(3, file.tensor("weight").get(11));
      assertEquals(DType.FLOAT64, file.tensor("layer/1/bias").type().dtype());
      assertArrayEquals(new float[] {-1, 2}, file.tensor("layer/1/bias").toFloats());
      assertEquals(-1, file.tensor("labels").getLong(1));
      assertArrayEquals(new float[] {0, 255, 128, 1}, file.tensor("pixels").toFloats());
      var error = assertThrows(NoSuchElementException.class, () -> file.tensor("x"));
      assertTrue(error.getMessage().contains(name), error.getMessage());
    }
  }

  @Test
  void writesWhatItReads() throws IOException {
    Path path = folder.resolve("a.npz");
    try (TensorArena arena = TensorArena.root("test")) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      for (DType dtype : DType.values()) {
        tensors.put("größe/" + dtype, Samples.ramp(arena, dtype, 3, 100_003));
      }
      tensors.put("scalar", Samples.ramp(arena, DType.FLOAT32));
      tensors.put("empty", Samples.ramp(arena, DType.FLOAT32, 2, 0));
      Npz.write(path, tensors);
      try (Npz file = Npz.open(path)) {
        assertEquals(List.copyOf(tensors.keySet()), List.copyOf(file.tensors().keySet()));
        tensors.forEach(
            (name, tensor) -> {
              assertEquals(tensor.type(), file.tensor(name).type());
              assertEquals(-1, tensor.segment().mismatch(file.tensor(name).segment()), name);
            });
      }
      Path again = folder.resolve("b.npz");
      Npz.write(again, tensors);
      assertEquals(-1, Files.mismatch(path, again));
    }
  }

  @Test
  void anEmptyArchiveIsAFile() throws IOException {
    Path path = folder.resolve("none.npz");
    Npz.write(path, Map.of());
    try (Npz file = Npz.open(path)) {
      assertTrue(file.tensors().isEmpty());
    }
  }

  @Test
  void entriesCarryNoDate() throws IOException {
    Path path = folder.resolve("a.npz");
    try (TensorArena arena = TensorArena.root("test")) {
      Npz.write(path, Map.of("a", Samples.ramp(arena, DType.FLOAT32, 2)));
    }
    try (ZipFile zip = new ZipFile(path.toFile())) {
      assertEquals(1980, zip.getEntry("a.npy").getTimeLocal().getYear());
    }
  }

  @Test
  void tensorsEndWithTheFile() throws IOException {
    Npz file = Npz.open(Samples.copy("stored.npz", folder));
    Tensor tensor = file.tensor("weight");
    file.close();
    assertThrows(IllegalStateException.class, () -> tensor.get(0));
    var again = assertThrows(IllegalStateException.class, file::close);
    assertTrue(again.getMessage().contains("stored.npz"), again.getMessage());
  }
}
