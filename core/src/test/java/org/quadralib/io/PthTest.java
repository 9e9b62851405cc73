package org.quadralib.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.quadralib.golden.Golden;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;

class PthTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"qresnet14-random.pth", "qresnet14-random-legacy.pth"})
  void readsWhatPyTorchWroteToTheBit(String name) throws IOException {
    Map<String, Tensor> expected = Golden.open("qresnet14-random");
    try (TensorFile file = TensorFile.open(Golden.copyFile(name, folder))) {
      assertEquals(expected.keySet(), file.tensors().keySet());
      expected.forEach(
          (key, tensor) -> {
            assertEquals(tensor.type(), file.tensors().get(key).type(), key);
            assertEquals(-1, tensor.segment().mismatch(file.tensors().get(key).segment()), key);
          });
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"small.pth", "small-legacy.pth"})
  void readsAllTypesAndStrides(String name) throws IOException {
    try (Pth file = Pth.open(Samples.copy(name, folder))) {
      Map<String, Tensor> tensors = file.tensors();
      assertEquals(11, tensors.size());
      assertEquals(Shape.of(3, 2), tensors.get("transposed").shape());
      assertArrayEquals(new float[] {1, -2, 3, -4, 5, -6}, tensors.get("plain").toFloats());
      assertArrayEquals(new float[] {1, -4, -2, 5, 3, -6}, tensors.get("transposed").toFloats());
      assertArrayEquals(new float[] {-4, 5, -6}, tensors.get("row").toFloats());
      assertArrayEquals(new float[] {-2, 5}, tensors.get("column").toFloats());
      assertArrayEquals(new float[] {0.5f, -1.5f, 2}, tensors.get("half").toFloats());
      assertArrayEquals(new float[] {1.5f, -2}, tensors.get("brain").toFloats());
      assertEquals(7, tensors.get("scalar").getLong(0));
      assertEquals(Shape.of(), tensors.get("scalar").shape());
      assertEquals(DType.FLOAT64, tensors.get("double").type().dtype());
      assertArrayEquals(new float[] {-0.25f, 8}, tensors.get("double").toFloats());
      assertArrayEquals(new float[] {1, 0}, tensors.get("bool").toFloats());
      assertArrayEquals(new float[] {-3}, tensors.get("short").toFloats());
      assertArrayEquals(new float[] {255, 1}, tensors.get("byte").toFloats());
    }
  }

  @Test
  void everyPrefixIsRefused() throws IOException {
    for (String name : List.of("small.pth", "small-legacy.pth")) {
      byte[] whole = Samples.bytes(name);
      for (int length = 0; length < whole.length; length += 3) {
        Path cut = Files.write(folder.resolve(name), java.util.Arrays.copyOf(whole, length));
        assertThrows(FormatException.class, () -> Pth.open(cut), name + " of " + length);
      }
    }
  }

  // Each pickle is written for the oldest protocol, in which instructions are letters.
  @ParameterizedTest
  @CsvSource({
    "'cos|system|(S', os.system",
    "'cos|system|)R.', 'os.system'",
    "'c__builtin__|eval|(Vprint(1)|tR.', '__builtin__.eval'",
    "'csubprocess|Popen|.', 'subprocess.Popen'",
    "'ctorch.hub|load|.', 'torch.hub.load'",
    "'ctorch|load|.', 'torch.load'",
    "'ctorch.serialization|load|.', 'torch.serialization.load'",
    "'ccollections|OrderedDict|)Rctorch|float32|)R.', 'a call of'",
    "'Vos|Vsystem|\u0093.', 'os.system'",
    "'ctorch|FloatStorage|)\u0081.', 'instruction 0x81'",
    "'Vx|}b.', 'it uses attributes set on an object, which'",
    "'(iposix|system|.', 'instruction 0x69'",
    "'(ctorch|float32|o.', 'instruction 0x6f'",
    "'}]Vx|s.', 'neither text nor a number'",
  })
  void hostilePicklesAreRefusedAndNothingRuns(String program, String fragment) throws IOException {
    byte[] pickle = program.replace('|', '\n').getBytes(StandardCharsets.ISO_8859_1);
    FormatException refused =
        assertThrows(FormatException.class, () -> Pth.open(zip("x/data.pkl", pickle)));
    assertTrue(refused.getMessage().contains(fragment), refused.getMessage());
    assertTrue(refused.getMessage().contains("nothing of it was run"), refused.getMessage());
    assertEquals(1, refused.getMessage().lines().count());
  }

  @ParameterizedTest
  @CsvSource({
    "'.', 'not there'",
    "'1.', 'mark that is not there'",
    "'g7|.', 'value 7'",
    "'K', 'cut short'",
    "'X\u00ff\u00ff\u00ff\u00ff', 'cut short'",
    "'\u008d\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff', 'cut short'",
    "'\u008b\u00ff\u00ff\u00ff\u007f', 'bytes'",
    "'].', 'no dictionary'",
    "'}.', 'holds no tensors'",
    "'N(.', 'takes a value'",
    "'Ix|.', 'no whole number'",
    "'}Va|s.', 'not there'",
    "'\u0080\u0009.', 'protocol 9'",
  })
  void damagedPicklesAreRefused(String program, String fragment) throws IOException {
    byte[] pickle = program.replace('|', '\n').getBytes(StandardCharsets.ISO_8859_1);
    FormatException refused =
        assertThrows(FormatException.class, () -> Pth.open(zip("x/data.pkl", pickle)));
    assertTrue(refused.getMessage().contains(fragment), refused.getMessage());
  }

  /** Sizes and strides that claim more than there is, or so much that sums overflow. */
  @ParameterizedTest
  @CsvSource({
    "2, 0, 3, 1, 2, within",
    "2, 1, 2, 1, 2, within",
    "2, 0, 2, 4611686018427387904, 2, within",
    "2, 9223372036854775807, 1, 1, 2, within",
    "2, 0, 2147483647, 0, 2, within",
    "4611686018427387904, 0, 2, 1, 2, elements of 4 bytes",
    "2, 0, -1, 1, 2, whole numbers",
    "3, 0, 3, 1, 2, elements of 4 bytes",
  })
  void tensorsMustLieInTheirStorage(
      long elements, long offset, long size, long stride, int stored, String fragment)
      throws IOException {
    String pickle =
        "}Vw|ctorch._utils|_rebuild_tensor_v2|((Vstorage|ctorch|FloatStorage|V0|Vcpu|I%d|tQI%d|(I%d|t(I%d|tI00|}tRs."
            .formatted(elements, offset, size, stride);
    byte[] bytes = pickle.replace('|', '\n').getBytes(StandardCharsets.ISO_8859_1);
    Path file = zip("x/data.pkl", bytes, "x/data/0", new byte[4 * stored]);
    FormatException refused = assertThrows(FormatException.class, () -> Pth.open(file));
    assertTrue(refused.getMessage().contains(fragment), refused.getMessage());
  }

  @Test
  void aContainerInItselfIsNoTrap() throws IOException {
    byte[] pickle = "}p0|Vself|g0|s.".replace('|', '\n').getBytes(StandardCharsets.ISO_8859_1);
    var refused = assertThrows(FormatException.class, () -> Pth.open(zip("x/data.pkl", pickle)));
    assertTrue(refused.getMessage().contains("holds no tensors"), refused.getMessage());
  }

  @Test
  void aPickleThatGoesOnForeverIsRefused() throws IOException {
    byte[] pickle = new byte[3_000_000];
    java.util.Arrays.fill(pickle, (byte) 'N');
    var refused = assertThrows(FormatException.class, () -> Pth.open(zip("x/data.pkl", pickle)));
    assertTrue(refused.getMessage().contains("instructions"), refused.getMessage());
  }

  @Test
  void aPickleThatTorchDidNotWriteIsRefused() throws IOException {
    Path file = Files.write(folder.resolve("x.pth"), new byte[] {(byte) 0x80, 2, 'K', 1, '.'});
    var refused = assertThrows(FormatException.class, () -> Pth.open(file));
    assertTrue(refused.getMessage().contains("torch.save"), refused.getMessage());
  }

  // torch.save({'w': torch.ones(2, 3)}, file, _use_new_zipfile_serialization=False,
  // pickle_protocol=4); protocol 5 differs in nothing but its number.
  private static final String FRAMED =
      """
      gASVDQAAAAAAAACKCmz8nEb5IGqoUBkugASVBAAAAAAAAABN6QMugASVWAAAAAAAAAB9lCiMEHByb3RvY29sX3ZlcnNp
      b26UTekDjA1saXR0bGVfZW5kaWFulIiMCnR5cGVfc2l6ZXOUfZQojAVzaG9ydJRLAowDaW50lEsEjARsb25nlEsEdXUu
      gASVpAAAAAAAAAB9lIwBd5SMDHRvcmNoLl91dGlsc5SMEl9yZWJ1aWxkX3RlbnNvcl92MpSTlCgojAdzdG9yYWdllIwF
      dG9yY2iUjAxGbG9hdFN0b3JhZ2WUk5SMDjk0ODQ0MzEwNzE5NTA0lIwDY3B1lEsGTnSUUUsASwJLA4aUSwNLAYaUiYwL
      Y29sbGVjdGlvbnOUjAtPcmRlcmVkRGljdJSTlClSlHSUUpRzLoAElRUAAAAAAAAAXZSMDjk0ODQ0MzEwNzE5NTA0lGEu
      BgAAAAAAAAAAAIA/AACAPwAAgD8AAIA/AACAPwAAgD8=
      """;

  @ParameterizedTest
  @ValueSource(ints = {4, 5})
  void legacyFilesOfFramedPicklesAreRead(int protocol) throws IOException {
    byte[] bytes = Base64.getMimeDecoder().decode(FRAMED);
    for (int i = 0; i + 2 < bytes.length; i++) {
      if (bytes[i] == (byte) 0x80 && bytes[i + 1] == 4 && bytes[i + 2] == (byte) 0x95) {
        bytes[i + 1] = (byte) protocol;
      }
    }
    try (TensorFile file = TensorFile.open(Files.write(folder.resolve("x.pth"), bytes))) {
      assertEquals(Shape.of(2, 3), file.tensors().get("w").shape());
      assertArrayEquals(new float[] {1, 1, 1, 1, 1, 1}, file.tensors().get("w").toFloats());
    }
  }

  /** As {@code pickle.dump} writes an object whose {@code __reduce__} is a call of os.system. */
  @Test
  void hostileFramedPicklesAreRefusedAndNothingRuns() throws IOException {
    byte[] bytes =
        Base64.getDecoder().decode("gASVHwAAAAAAAACMBXBvc2l4lIwGc3lzdGVtlJOUjAR0cnVllIWUUpQu");
    Path file = Files.write(folder.resolve("evil.pth"), bytes);
    var refused = assertThrows(FormatException.class, () -> TensorFile.open(file));
    assertTrue(refused.getMessage().contains("'posix.system'"), refused.getMessage());
    assertTrue(refused.getMessage().contains("nothing of it was run"), refused.getMessage());
  }

  /** Whatever the length of its header, which here starts as a pickle does. */
  @ParameterizedTest
  @ValueSource(ints = {0x280, 0x480, 0x950480})
  void safeTensorsAreNotTakenForPickles(int length) throws IOException {
    String json = "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}";
    ByteBuffer bytes = ByteBuffer.allocate(8 + length + 4).order(ByteOrder.LITTLE_ENDIAN);
    bytes
        .putLong(length)
        .put((json + " ".repeat(length - json.length())).getBytes(StandardCharsets.US_ASCII));
    bytes.putFloat(2);
    Path path = Files.write(folder.resolve("x.safetensors"), bytes.array());
    try (TensorFile file = TensorFile.open(path)) {
      assertArrayEquals(new float[] {2}, file.tensors().get("w").toFloats());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'', 'the file is empty'",
    "'name: x', 'neither PyTorch, safetensors nor npz'",
    "'architecture: yes and so on', 'neither PyTorch, safetensors nor npz'",
    "'\u0093NUMPY\u0001\u0000v\u0000', 'neither PyTorch, safetensors nor npz'",
  })
  void otherFilesAreNotCalledDamagedSafeTensors(String content, String fragment)
      throws IOException {
    byte[] bytes = content.getBytes(StandardCharsets.ISO_8859_1);
    Path file = Files.write(folder.resolve("x.pth"), bytes);
    var refused = assertThrows(FormatException.class, () -> TensorFile.open(file));
    assertTrue(refused.getMessage().contains(fragment), refused.getMessage());
    assertTrue(!refused.getMessage().contains("header"), refused.getMessage());
  }

  /** An archive of names and contents. */
  private Path zip(Object... entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (int i = 0; i < entries.length; i += 2) {
        zip.putNextEntry(new ZipEntry((String) entries[i]));
        zip.write((byte[]) entries[i + 1]);
      }
    }
    return Files.write(folder.resolve("made.pth"), bytes.toByteArray());
  }
}
