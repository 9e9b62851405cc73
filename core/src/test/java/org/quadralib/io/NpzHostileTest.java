package org.quadralib.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NpzHostileTest {
  private static final byte[] FLOAT =
      Samples.npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }\n", 4);

  @TempDir Path folder;

  private void refuse(byte[] bytes, long maxBytes, String says) throws IOException {
    Path path = Files.write(folder.resolve("hostile.npz"), bytes);
    var error = assertThrows(FormatException.class, () -> Npz.open(path, maxBytes).close());
    assertTrue(error.getMessage().startsWith(path + ", "), error.getMessage());
    assertTrue(error.getMessage().contains(says), error.getMessage());
  }

  private void refuse(byte[] bytes, String says) throws IOException {
    refuse(bytes, Npz.DEFAULT_MAX_BYTES, says);
  }

  private static byte[] zip(String name, byte[] content) throws IOException {
    return zip(List.of(name), content);
  }

  private static byte[] zip(List<String> names, byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (String name : names) {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(content);
        zip.closeEntry();
      }
    }
    return bytes.toByteArray();
  }

  private static byte[] replace(byte[] bytes, String from, String to) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    return text.replace(from, to).getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Overwrites a field of the only record that starts with the zip signature. */
  private static byte[] with(byte[] bytes, String signature, int offset, int value) {
    int record = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(signature);
    byte[] changed = bytes.clone();
    ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putInt(record + offset, value);
    return changed;
  }

  @Test
  void missingFile() {
    assertThrows(NoSuchFileException.class, () -> Npz.open(folder.resolve("no.npz")));
  }

  @Test
  void notAnArchive() throws IOException {
    refuse(new byte[0], "zip");
    refuse("PK\3\4 and nothing else".getBytes(StandardCharsets.US_ASCII), "zip");
    refuse(FLOAT, "zip");
  }

  @ParameterizedTest
  @ValueSource(strings = {"stored.npz", "deflated.npz"})
  void everyTruncation(String name) throws IOException {
    byte[] whole = Samples.bytes(name);
    for (int length = 0; length < whole.length; length++) {
      refuse(Arrays.copyOf(whole, length), "the zip archive");
    }
  }

  @Test
  void whatIsNotAnArray() throws IOException {
    refuse(zip("readme.txt", FLOAT), "entry 'readme.txt': its name does not end in .npy");
    refuse(zip("folder/", new byte[0]), "entry 'folder/'");
    refuse(zip("a.npy", new byte[0]), "entry 'a.npy'");
    refuse(zip("a.npy", "hello, this is no array".getBytes()), "entry 'a.npy', byte 0");
    refuse(zip("a.npy", Arrays.copyOf(FLOAT, FLOAT.length - 1)), "cut short");
    refuse(zip("a.npy", Arrays.copyOf(FLOAT, FLOAT.length + 1)), "left over");
    for (int length = 0; length < FLOAT.length; length++) {
      refuse(zip("a.npy", Arrays.copyOf(FLOAT, length)), "entry 'a.npy'");
    }
  }

  @Test
  void namesAreOnlyKeys() throws IOException {
    List<String> names = List.of("../../evil.npy", "/etc/evil.npy", "C:\\evil.npy", ".npy");
    Path path = Files.write(folder.resolve("names.npz"), zip(names, FLOAT));
    try (Npz file = Npz.open(path)) {
      assertEquals(
          List.of("../../evil", "/etc/evil", "C:\\evil", ""), List.copyOf(file.tensors().keySet()));
    }
    try (var left = Files.list(folder)) {
      assertEquals(1, left.count());
    }
  }

  @Test
  void twins() throws IOException {
    byte[] twins = replace(zip(List.of("a.npy", "b.npy"), FLOAT), "b.npy", "a.npy");
    refuse(twins, "entry 'a.npy': the archive has it twice");
  }

  @Test
  void bombs() throws IOException {
    int size = 10_000_000;
    byte[] zeros =
        Samples.npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2500000,), }", size);
    byte[] bomb = zip("a.npy", zeros);
    assertTrue(bomb.length < 20_000);
    refuse(bomb, 1_000_000, "more than the 976.6 KiB allowed");
    // Each is within the limit, together they are not.
    refuse(zip(List.of("a.npy", "b.npy"), zeros), size * 3 / 2, "entry 'b.npy'");
    // A directory that promises more than deflate can give.
    refuse(with(bomb, "PK\1\2", 24, 2_000_000_000), "cannot hold the 2000000000 bytes");
  }

  @Test
  void tooManyArrays() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (int i = 0; i <= Npz.MAX_ARRAYS; i++) {
        zip.putNextEntry(new ZipEntry(i + ".npy"));
      }
    }
    refuse(bytes.toByteArray(), "more than 65536 entries");
  }

  @Test
  void directoriesThatLie() throws IOException {
    byte[] good = zip("a.npy", FLOAT);
    refuse(with(good, "PK\1\2", 24, FLOAT.length - 1), "cut short");
    refuse(with(good, "PK\1\2", 24, FLOAT.length + 1), "left over");
    refuse(with(good, "PK\1\2", 16, 0x12345678), "checksum");
    refuse(with(good, "PK\1\2", 42, 1_000_000), "zip");
    refuse(with(good, "PK\1\2", 42, 3), "zip");
  }

  @Test
  void encryptedEntries() throws IOException {
    refuse(with(zip("a.npy", FLOAT), "PK\1\2", 8, 0x00080009), "encrypted");
  }
}
