package org.quadralib.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quadralib.memory.TensorArena;
import org.quadralib.tensor.DType;

class ChecksumsTest {
  @TempDir Path folder;

  private byte[] written() throws IOException {
    Path path = folder.resolve("w.safetensors");
    try (TensorArena arena = TensorArena.root("test")) {
      SafeTensors.writeWithChecksums(
          path,
          Map.of("a", Samples.ramp(arena, DType.FLOAT32, 3, 5)),
          Map.of("step", "12", "model", "größe"));
    }
    return Files.readAllBytes(path);
  }

  private static int dataStart(byte[] file) {
    return (int) (8 + ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong());
  }

  private FormatException refuse(byte[] file) throws IOException {
    Path path = Files.write(folder.resolve("damaged.safetensors"), file);
    return assertThrows(FormatException.class, () -> SafeTensors.open(path).close());
  }

  @Test
  void oneBitOfTheDataAnywhere() throws IOException {
    byte[] file = written();
    for (int at = dataStart(file); at < file.length; at++) {
      byte[] flipped = file.clone();
      flipped[at] ^= (byte) (1 << at % 8);
      String message = refuse(flipped).getMessage();
      assertTrue(message.contains("the data: it does not have the checksum"), message);
    }
  }

  @Test
  void aChangedText() throws IOException {
    byte[] file = written();
    String latin = new String(file, StandardCharsets.ISO_8859_1);
    byte[] changed =
        latin.replace("\"step\":\"12\"", "\"step\":\"13\"").getBytes(StandardCharsets.ISO_8859_1);
    assertTrue(Arrays.mismatch(file, changed) >= 0);
    String message = refuse(changed).getMessage();
    assertTrue(message.contains("the metadata: it does not have the checksum"), message);
  }

  @Test
  void theChecksumOfTheDataIsThatOfSha256sum() throws Exception {
    byte[] file = written();
    byte[] data = Arrays.copyOfRange(file, dataStart(file), file.length);
    try (SafeTensors opened = SafeTensors.open(folder.resolve("w.safetensors"))) {
      assertEquals(
          HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(data)),
          opened.metadata().get("quadralib.sha256.data"));
      assertEquals("12", opened.metadata().get("step"));
    }
  }

  @Test
  void theOrderOfTheMetadataDoesNotMatter() throws IOException {
    written();
    Path copy = folder.resolve("copy.safetensors");
    try (SafeTensors file = SafeTensors.open(folder.resolve("w.safetensors"))) {
      SafeTensors.write(copy, file.tensors(), new LinkedHashMap<>(file.metadata()).reversed());
      try (SafeTensors reversed = SafeTensors.open(copy)) {
        assertEquals(4, reversed.metadata().size());
        assertEquals(file.metadata(), reversed.metadata());
      }
    }
  }

  @Test
  void oldChecksumsAreReplaced() throws IOException {
    written();
    Path copy = folder.resolve("copy.safetensors");
    try (TensorArena arena = TensorArena.root("test");
        SafeTensors file = SafeTensors.open(folder.resolve("w.safetensors"))) {
      SafeTensors.write(
          copy, Map.of("other", Samples.ramp(arena, DType.INT64, 2)), file.metadata());
    }
    try (SafeTensors file = SafeTensors.open(copy)) {
      assertEquals(4, file.metadata().size());
    }
  }
}
