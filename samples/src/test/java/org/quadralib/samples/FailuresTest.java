package org.quadralib.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;
import org.quadralib.backend.DeviceException;
import org.quadralib.checkpoint.CheckpointException;
import org.quadralib.data.DataException;
import org.quadralib.memory.MemoryLimitException;
import org.quadralib.tensor.ShapeException;
import picocli.CommandLine;

class FailuresTest {
  private static Cli.Answer answerTo(Exception e) {
    StringWriter err = new StringWriter();
    CommandLine command = Quadra.commandLine().setErr(new PrintWriter(err));
    int exit = new Failures(() -> false).handleExecutionException(e, command, null);
    return new Cli.Answer(exit, "", err.toString());
  }

  @Test
  void whatTheUserCanMendIsSaidAsItIs() {
    answerTo(new ShapeException("layer 'a': odd")).refused("quadra: layer 'a': odd");
    answerTo(new DataException("The file x is short.")).refused("The file x is short.");
    answerTo(new CheckpointException("no checkpoint")).refused("no checkpoint");
    answerTo(new MemoryLimitException("a step", 3L << 30, 1L << 30)).refused("3.0 GiB", "1.0 GiB");
    answerTo(new UnsupportedOperationException("no kernel for X")).refused("no kernel for X");
    answerTo(new IOException("cannot write x: No space left on device")).refused("No space left");
  }

  @Test
  void theSystemsShortMessagesBecomeSentences() {
    answerTo(new NoSuchFileException("x.npy")).refused("x.npy: there is no such file or folder");
    answerTo(new AccessDeniedException("x.npy")).refused("x.npy: permission denied");
    answerTo(new UncheckedIOException(new NoSuchFileException("y"))).refused("y: there is no such");
  }

  @Test
  void aDeviceThatFailsIsNoSuccess() {
    Cli.Answer answer = answerTo(new DeviceException("the device ran 7 of 8 kernels"));
    assertEquals(Failures.INTERNAL, answer.exit());
    assertEquals("quadra: the device ran 7 of 8 kernels", answer.err().strip());
  }

  @Test
  void aFaultOfTheLibraryIsNotTheUsers() {
    Cli.Answer answer = answerTo(new IllegalStateException("impossible"));
    assertEquals(Failures.INTERNAL, answer.exit());
    assertTrue(answer.err().contains("internal error"), answer.err());
    assertTrue(answer.err().contains("impossible"), answer.err());
    assertFalse(answer.err().contains("\tat "), answer.err());
    // An exception of the JDK without a message is no sentence for a user either.
    assertEquals(Failures.INTERNAL, answerTo(new IllegalArgumentException()).exit());
  }
}
