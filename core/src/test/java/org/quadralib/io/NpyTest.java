package org.quadralib.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.quadralib.memory.TensorArena;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;

class NpyTest {
  @TempDir Path folder;

  /** Every file holds {@code (i - 5) * scale + offset} for i from 0 to 11, in shape 3×4. */
  @ParameterizedTest
  @CsvSource({
    "f4, FLOAT32, 0.5, 0",
    "f8, FLOAT64, 0.5, 0",
    "i4, INT32, 1, 0",
    "i8, INT64, 10000000000, 0",
    "version2, FLOAT32, 0.5, 0",
    "version3, FLOAT32, 0.5, 0",
    "big_f4, FLOAT32, 0.5, 0",
    "big_i8, INT64, 10000000000, 0",
    "big_fortran, FLOAT64, 0.5, 0",
    "u1, INT32, 1, 249",
    "i1, INT32, 1, 0",
    "u2, INT32, 1, 65000",
    "i2, INT32, 1000, 0",
    "u4, INT64, 1, 4294967000",
    "f2, FLOAT32, 0.25, 0",
    "big_f2, FLOAT32, 0.25, 0",
  })
  void readsWhatNumPyWrote(String name, DType dtype, double scale, double offset)
      throws IOException {
    try (Npy file = Npy.open(Samples.copy(name + ".npy", folder))) {
      Tensor tensor = file.tensor();
      assertEquals(dtype, tensor.type().dtype());
      assertEquals(Shape.of(3, 4), tensor.shape());
      for (int i = 0; i < 12; i++) {
        double value = (i - 5) * scale + offset;
        // NumPy wrapped what does not fit a byte.
        assertEquals(name.equals("u1") && value > 255 ? value - 256 : value, tensor.get(i));
      }
    }
  }

  @Test
  void readsFortranOrder() throws IOException {
    try (Npy file = Npy.open(Samples.copy("fortran.npy", folder))) {
      assertEquals(Shape.of(2, 3, 4), file.tensor().shape());
      for (int i = 0; i < 24; i++) {
        assertEquals((i - 7) * 0.5, file.tensor().get(i));
      }
    }
  }

  @Test
  void readsBooleans() throws IOException {
    try (Npy file = Npy.open(Samples.copy("b1.npy", folder))) {
      assertEquals(DType.INT32, file.tensor().type().dtype());
      assertArrayEquals(new float[] {0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1}, file.tensor().toFloats());
    }
  }

  @Test
  void readsScalarsAndNothing() throws IOException {
    try (Npy file = Npy.open(Samples.copy("scalar.npy", folder))) {
      assertEquals(Shape.of(), file.tensor().shape());
      assertEquals(-2.5, file.tensor().get(0));
    }
    try (Npy file = Npy.open(Samples.copy("none.npy", folder))) {
      assertEquals(Shape.of(3, 0, 2), file.tensor().shape());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"f4", "f8", "i4", "i8", "scalar", "vector", "none", "wide"})
  void writesTheBytesOfNumPy(String name) throws IOException {
    Path original = Samples.copy(name + ".npy", folder);
    Path copy = folder.resolve("copy.npy");
    try (Npy file = Npy.open(original)) {
      Npy.write(copy, file.tensor());
    }
    assertEquals(-1, Files.mismatch(original, copy));
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void writesWhatItReads(DType dtype) throws IOException {
    Path path = folder.resolve("a.npy");
    try (TensorArena arena = TensorArena.root("test")) {
      for (int[] dims : new int[][] {{}, {7}, {0, 2}, {2, 3, 1, 5}, {517, 1031}}) {
        Tensor tensor = Samples.ramp(arena, dtype, dims);
        Npy.write(path, tensor);
        try (Npy file = Npy.open(path)) {
          assertEquals(tensor.type(), file.tensor().type());
          assertEquals(-1, tensor.segment().mismatch(file.tensor().segment()));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void writesBigEndianForOthers(DType dtype) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (TensorArena arena = TensorArena.root("test")) {
      Tensor tensor = Samples.ramp(arena, dtype, 3, 100_003);
      Npy.write(Channels.newChannel(out), tensor, ByteOrder.BIG_ENDIAN);
      Path path = Files.write(folder.resolve("big.npy"), out.toByteArray());
      try (Npy file = Npy.open(path)) {
        assertEquals(-1, tensor.segment().mismatch(file.tensor().segment()));
      }
    }
  }

  @Test
  void mapsWhatNeedsNoConversion() throws IOException {
    try (Npy file = Npy.open(Samples.copy("f4.npy", folder))) {
      assertTrue(file.tensor().segment().isMapped());
      assertTrue(file.tensor().segment().isReadOnly());
    }
    try (Npy file = Npy.open(Samples.copy("big_f4.npy", folder))) {
      assertFalse(file.tensor().segment().isMapped());
    }
  }

  @Test
  void tensorEndsWithTheFile() throws IOException {
    for (String name : new String[] {"f4.npy", "f2.npy"}) {
      Npy file = Npy.open(Samples.copy(name, folder));
      file.close();
      assertThrows(IllegalStateException.class, () -> file.tensor().get(0));
      var again = assertThrows(IllegalStateException.class, file::close);
      assertTrue(again.getMessage().contains(name), again.getMessage());
    }
  }

  @Test
  void acceptsOtherSpellingsOfTheLiteral() throws IOException {
    String dict = "{ \"shape\" :(2 , 1),'descr':\"<f4\" , 'fortran_order' : False}\n";
    Path path = Files.write(folder.resolve("other.npy"), Samples.npy(dict, 8));
    try (Npy file = Npy.open(path)) {
      assertEquals(Shape.of(2, 1), file.tensor().shape());
    }
  }
}
