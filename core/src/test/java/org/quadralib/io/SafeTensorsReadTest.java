package org.quadralib.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;

class SafeTensorsReadTest {
  @TempDir Path folder;

  @Test
  void readsWhatTheLibraryWrote() throws IOException {
    try (SafeTensors file = SafeTensors.open(Samples.copy("plain.safetensors", folder))) {
      assertEquals(Map.of("format", "pt\u2028"), file.metadata());
      assertEquals(
          List.of(
              "i64",
              "f64",
              "",
              "f32",
              "größe",
              "none",
              "quote \" slash \\ / tab \t line \n bell \u0007 del \u007f",
              "scalar",
              "\ufffd",
              "\ud83d\ude00",
              "i32"),
          List.copyOf(file.tensors().keySet()));
      assertArrayEquals(
          new float[] {-1.5f, 2.25f, Float.NEGATIVE_INFINITY}, file.tensor("f32").toFloats());
      assertEquals(1e300, file.tensor("f64").get(1));
      assertEquals(Shape.of(1, 2), file.tensor("f64").shape());
      assertEquals(-(1L << 62), file.tensor("i64").getLong(0));
      assertEquals(Shape.of(2, 1, 1), file.tensor("i32").shape());
      assertEquals(-7, file.tensor("i32").getLong(1));
      assertEquals(Shape.of(), file.tensor("scalar").shape());
      assertEquals(3.5, file.tensor("scalar").get(0));
      assertEquals(Shape.of(2, 0, 3), file.tensor("none").shape());
      assertEquals(3, file.tensor("\ud83d\ude00").get(0));
      assertEquals(4, file.tensor("\ufffd").get(0));
    }
  }

  @Test
  void widensOnRequest() throws IOException {
    Path path = Samples.copy("narrow.safetensors", folder);
    var refused = assertThrows(FormatException.class, () -> SafeTensors.open(path));
    assertTrue(refused.getMessage().contains("openWidening"), refused.getMessage());
    try (SafeTensors file = SafeTensors.openWidening(path)) {
      assertValues(file.tensor("f16"), DType.FLOAT32, -1.5, 0x1p-14, 65504, 0x1p-24);
      assertValues(file.tensor("bf16"), DType.FLOAT32, -1.5, (double) 0x1.fep127f, 0.0078125);
      assertValues(file.tensor("bool"), DType.INT32, 1, 0, 1);
      assertValues(file.tensor("u8"), DType.INT32, 0, 200, 255);
      assertValues(file.tensor("i8"), DType.INT32, -128, 127);
      assertValues(file.tensor("i16"), DType.INT32, -32768, 32767);
      assertValues(file.tensor("u16"), DType.INT32, 0, 65535);
      assertValues(file.tensor("u32"), DType.INT64, 0, 4294967295.0);
      assertValues(file.tensor("f32"), DType.FLOAT32, -0.25);
    }
  }

  private static void assertValues(Tensor tensor, DType dtype, double... values) {
    assertEquals(dtype, tensor.type().dtype());
    assertEquals(values.length, tensor.elements());
    for (int i = 0; i < values.length; i++) {
      assertEquals(values[i], tensor.get(i));
    }
  }

  @Test
  void namesTheTypeItCannotRead() throws IOException {
    Path path = Samples.copy("float8.safetensors", folder);
    var error = assertThrows(FormatException.class, () -> SafeTensors.openWidening(path));
    assertEquals("tensor 'e'", error.where());
    assertEquals(path.toString(), error.file());
    assertTrue(error.getMessage().contains("F8_E4M3"), error.getMessage());
  }

  @Test
  void needsNoAlignmentAndNoOrder() throws IOException {
    // The header has an odd length, and lists the tensors against the order of their data.
    String header =
        "{\"b\":{\"data_offsets\":[4,8],\"shape\":[1],\"dtype\":\"F32\"} ,\r\n\t"
            + "\"a\":{\"dtype\":\"I32\",\"shape\":[],\"data_offsets\":[0,4]}} ";
    byte[] bytes = Samples.safetensors(header, 8);
    bytes[bytes.length - 8] = 9;
    bytes[bytes.length - 1] = (byte) 0xc0;
    Path path = Files.write(folder.resolve("odd.safetensors"), bytes);
    try (SafeTensors file = SafeTensors.open(path)) {
      assertEquals(1, header.length() % 2);
      assertEquals(List.of("a", "b"), List.copyOf(file.tensors().keySet()));
      assertEquals(9, file.tensor("a").getLong(0));
      assertEquals(-2, file.tensor("b").get(0));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {" ", "\n", "\t", "\r\n", " \n\t\r  "})
  void whiteSpaceBetweenAllTokens(String space) throws IOException {
    String header =
        "{|\"__metadata__\"|:|{|\"model\"|:|\"a b\"|,|\"x\"|:|\"\"|}|,"
            + "|\"t\"|:|{|\"dtype\"|:|\"F32\"|,|\"shape\"|:|[|1|,|1|]|,"
            + "|\"data_offsets\"|:|[|0|,|4|]|}|}|";
    byte[] bytes = Samples.safetensors(header.replace("|", space), 4);
    Path path = Files.write(folder.resolve("spaced.safetensors"), bytes);
    try (SafeTensors file = SafeTensors.open(path)) {
      assertEquals(Map.of("model", "a b", "x", ""), file.metadata());
      assertEquals(Shape.of(1, 1), file.tensor("t").shape());
    }
  }

  @Test
  void readsAFileWithoutTensors() throws IOException {
    Path path = Files.write(folder.resolve("none.safetensors"), Samples.safetensors("{}", 0));
    try (SafeTensors file = SafeTensors.open(path)) {
      assertTrue(file.tensors().isEmpty());
      assertTrue(file.metadata().isEmpty());
    }
  }

  @Test
  void decodesEscapes() throws IOException {
    String header = "{\"__metadata__\":{\"\\u00e9\\/\\\"\\\\\\b\\f\\n\\r\\t\":\"\\uD83D\\ude00\"}}";
    Path path = Files.write(folder.resolve("text.safetensors"), Samples.safetensors(header, 0));
    try (SafeTensors file = SafeTensors.open(path)) {
      assertEquals(Map.of("é/\"\\\b\f\n\r\t", "\ud83d\ude00"), file.metadata());
    }
  }

  @Test
  void viewsAreReadOnlyAndEndWithTheFile() throws IOException {
    SafeTensors file = SafeTensors.open(Samples.copy("plain.safetensors", folder));
    Tensor tensor = file.tensor("f32");
    assertTrue(tensor.segment().isReadOnly());
    assertThrows(RuntimeException.class, () -> tensor.set(0, 1));
    assertThrows(UnsupportedOperationException.class, () -> file.tensors().clear());
    assertThrows(UnsupportedOperationException.class, () -> file.metadata().clear());
    file.close();
    assertThrows(IllegalStateException.class, () -> tensor.get(0));
    var again = assertThrows(IllegalStateException.class, file::close);
    assertTrue(again.getMessage().contains("plain.safetensors"), again.getMessage());
  }

  @Test
  void namesTheFileThatLacksATensor() throws IOException {
    try (SafeTensors file = SafeTensors.open(Samples.copy("plain.safetensors", folder))) {
      var error = assertThrows(NoSuchElementException.class, () -> file.tensor("conv1"));
      assertTrue(error.getMessage().contains("plain.safetensors"), error.getMessage());
      assertTrue(error.getMessage().contains("'conv1'"), error.getMessage());
    }
  }
}
