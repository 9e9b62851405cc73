package org.quadralib.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quadralib.memory.TensorArena;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Tensor;

class AtomicFileTest {
  private static final Path FULL = Path.of("/dev/full");

  @TempDir Path folder;
  private Path target;

  @BeforeEach
  void writeOldContent() throws IOException {
    target = Files.writeString(folder.resolve("target"), "old");
  }

  private static AtomicFile.Content text(String text) {
    return channel -> {
      try (OutputStream out = Channels.newOutputStream(channel)) {
        out.write(text.getBytes());
      }
    };
  }

  private void assertOnlyOldContent() throws IOException {
    assertEquals("old", Files.readString(target));
    try (var left = Files.list(folder)) {
      assertEquals(1, left.count(), "the temporary file is still there");
    }
  }

  @Test
  void createsAndReplaces() throws IOException {
    AtomicFile.write(target, text("new"));
    assertEquals("new", Files.readString(target));
    AtomicFile.write(folder.resolve("other"), text("first"));
    assertEquals("first", Files.readString(folder.resolve("other")));
    try (var left = Files.list(folder)) {
      assertEquals(2, left.count());
    }
  }

  @Test
  void oldContentIsThereUntilTheEnd() throws IOException {
    AtomicFile.write(
        target,
        channel -> {
          channel.write(ByteBuffer.wrap(new byte[100]));
          assertEquals("old", Files.readString(target));
        });
    assertEquals(100, Files.size(target));
  }

  @Test
  void failureKeepsTheOldContent() throws IOException {
    var error =
        assertThrows(
            IOException.class,
            () ->
                AtomicFile.write(
                    target,
                    channel -> {
                      text("half of the new").writeTo(channel);
                      throw new IOException("No space left on device");
                    }));
    assertEquals(
        "cannot write " + target + ": No space left on device; what was there before is unchanged",
        error.getMessage());
    assertOnlyOldContent();
  }

  @Test
  void anyExceptionKeepsTheOldContent() throws IOException {
    assertThrows(
        ArithmeticException.class,
        () ->
            AtomicFile.write(
                target,
                channel -> {
                  throw new ArithmeticException();
                }));
    assertOnlyOldContent();
  }

  @Test
  void everyWriterSurvivesAFullDisk() throws IOException {
    assumeTrue(Files.exists(FULL), "there is no /dev/full here");
    try (TensorArena arena = TensorArena.root("test")) {
      Tensor tensor = Samples.ramp(arena, DType.FLOAT32, 300, 1000);
      Map<String, Tensor> tensors = Map.of("a", tensor);
      assertFullDisk(
          channel -> new SafeTensorsWriter(tensors, Map.of("key", "value"), true).writeTo(channel));
      assertFullDisk(channel -> Npy.write(channel, tensor, ByteOrder.LITTLE_ENDIAN));
      assertFullDisk(channel -> NpzWriter.write(channel, tensors));
    }
  }

  private void assertFullDisk(AtomicFile.Content content) throws IOException {
    var error =
        assertThrows(
            IOException.class,
            () ->
                AtomicFile.write(
                    target,
                    channel -> {
                      channel.write(ByteBuffer.wrap(new byte[1000]));
                      try (WritableByteChannel full =
                          FileChannel.open(FULL, StandardOpenOption.WRITE)) {
                        content.writeTo(full);
                      }
                    }));
    assertTrue(error.getMessage().startsWith("cannot write " + target), error.getMessage());
    assertOnlyOldContent();
  }

  @Test
  void namesWhatIsWrongWithTheTarget() throws IOException {
    Path nowhere = folder.resolve("no/such/file");
    var missing = assertThrows(IOException.class, () -> AtomicFile.write(nowhere, text("x")));
    assertTrue(
        missing.getMessage().contains("there is no folder " + nowhere.getParent()),
        missing.getMessage());
    var isFolder = assertThrows(IOException.class, () -> AtomicFile.write(folder, text("x")));
    assertTrue(isFolder.getMessage().contains("it is a folder"), isFolder.getMessage());
    for (Path wrong : List.of(nowhere, folder)) {
      assertThrows(IOException.class, () -> AtomicFile.check(wrong));
    }
    AtomicFile.check(folder.resolve("new"));
    assertOnlyOldContent();
  }

  @Test
  void aRelativeNameNeedsNoFolder() throws IOException {
    Path file = Path.of("quadralib-atomic-file-test.tmp");
    try {
      AtomicFile.write(file, text("here"));
      assertEquals("here", Files.readString(file));
    } finally {
      Files.deleteIfExists(file);
    }
  }

  @Test
  void aLinkStaysALink() throws IOException {
    assumeTrue(isPosix(), "links need rights on this system");
    Path link = Files.createSymbolicLink(folder.resolve("link"), target.getFileName());
    AtomicFile.write(link, text("new"));
    assertTrue(Files.isSymbolicLink(link));
    assertEquals("new", Files.readString(target));
  }

  @Test
  void aPipeStaysAPipe() throws Exception {
    assumeTrue(isPosix(), "the system has no named pipes");
    Path pipe = folder.resolve("pipe");
    assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0);
    CompletableFuture<String> reader =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return Files.readString(pipe);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    AtomicFile.write(pipe, text("through"));
    assertFalse(Files.isRegularFile(pipe));
    assertEquals("through", reader.get(10, TimeUnit.SECONDS));
  }

  @Test
  void othersMayReadWhatTheyCouldRead() throws IOException {
    assumeTrue(isPosix(), "the system has no such permissions");
    Path plain = Files.writeString(folder.resolve("plain"), "x");
    AtomicFile.write(target, text("new"));
    assertEquals(
        PosixFilePermissions.toString(Files.getPosixFilePermissions(plain)),
        PosixFilePermissions.toString(Files.getPosixFilePermissions(target)));
  }

  @Test
  void contentCannotCloseTheFile() throws IOException {
    AtomicFile.write(
        target,
        channel -> {
          channel.close();
          assertTrue(channel.isOpen());
          text("still").writeTo(channel);
        });
    assertEquals("still", Files.readString(target));
  }

  private static boolean isPosix() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
  }
}
