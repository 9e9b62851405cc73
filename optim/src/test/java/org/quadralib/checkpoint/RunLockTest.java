package org.quadralib.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLockTest {
  @TempDir Path folder;

  /** Takes the lock, says so, and waits to be killed. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] args) throws Exception {
      try (RunLock lock = RunLock.acquire(Path.of(args[0]))) {
        System.out.println("held " + lock);
        System.out.flush();
        Thread.sleep(Long.MAX_VALUE);
      }
    }
  }

  private void assertInUse() {
    var error = assertThrows(CheckpointException.class, () -> RunLock.acquire(folder).close());
    assertTrue(
        error.getMessage().startsWith("another run is writing into the folder " + folder),
        error.getMessage());
  }

  @Test
  void oneAtATimeInThisProcess() {
    RunLock lock = RunLock.acquire(folder);
    assertInUse();
    assertInUse();
    lock.close();
    RunLock.acquire(folder).close();
  }

  @Test
  void anotherProcessHoldsItUntilItIsKilled() throws Exception {
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx64m",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Holder.class.getName(),
                    folder.toString()))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      String said = process.inputReader().readLine();
      assertTrue(said != null && said.startsWith("held"), "it said " + said);
      assertInUse();
    } finally {
      process.destroyForcibly();
    }
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    RunLock.acquire(folder).close();
  }

  @Test
  void aFolderThatCannotBeWrittenIsNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "text");
    var error = assertThrows(CheckpointException.class, () -> RunLock.acquire(file).close());
    assertTrue(error.getMessage().startsWith("cannot lock the folder " + file), error.getMessage());
    assertEquals("text", Files.readString(file));
  }
}
