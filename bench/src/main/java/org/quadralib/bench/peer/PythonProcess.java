package org.quadralib.bench.peer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A Python process that answers each line of JSON with one. */
final class PythonProcess implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;
  private final Process process;
  private final BufferedWriter commands;
  private final BufferedReader answers;

  /**
   * Starts the program that comes with this class.
   *
   * @param python the interpreter
   * @param folder of its own, deleted when it ends
   * @throws PeerUnavailableException if there is no Python
   */
  PythonProcess(String python, Path folder, int threads) throws IOException {
    this.folder = folder;
    Path program = folder.resolve("peer.py");
    try (InputStream source =
        Objects.requireNonNull(PythonProcess.class.getResourceAsStream("peer.py"))) {
      Files.copy(source, program);
    }
    ProcessBuilder builder =
        new ProcessBuilder(python, "-u", program.toString()).redirectError(Redirect.INHERIT);
    // Before PyTorch starts its threads; it can be told later too, but not every library below it.
    builder.environment().put("OMP_NUM_THREADS", Integer.toString(threads));
    builder.environment().put("MKL_NUM_THREADS", Integer.toString(threads));
    try {
      process = builder.start();
    } catch (IOException e) {
      deleteFolder();
      throw new PeerUnavailableException(
          "Python does not start as '%s' (%s); set QUADRA_PYTHON to one that has torch"
              .formatted(python, e.getMessage()),
          e);
    }
    commands = process.outputWriter(StandardCharsets.UTF_8);
    answers = process.inputReader(StandardCharsets.UTF_8);
  }

  /** An empty command. */
  static ObjectNode command() {
    return JSON.createObjectNode();
  }

  /**
   * Sends a line and waits for the answer.
   *
   * @throws PeerUnavailableException if it cannot answer, saying why
   */
  JsonNode ask(ObjectNode command) {
    @Nullable String line;
    try {
      commands.write(command.toString());
      commands.newLine();
      commands.flush();
      line = answers.readLine();
    } catch (IOException e) {
      line = null; // the process is gone; what it had to say is on standard error
    }
    if (line == null) {
      throw new PeerUnavailableException(
          "the Python process ended (exit code %s); its own words are above"
              .formatted(exitCode().map(String::valueOf).orElse("unknown")));
    }
    try {
      JsonNode answer = JSON.readTree(line);
      if (answer.has("error")) {
        throw new PeerUnavailableException(
            "Python says: %s; set QUADRA_PYTHON to a Python that has what is missing"
                .formatted(answer.get("error").asText()));
      }
      return answer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Optional<Integer> exitCode() {
    try {
      return process.waitFor(1, TimeUnit.SECONDS)
          ? Optional.of(process.exitValue())
          : Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    try {
      commands.close(); // the end of its input ends it
    } catch (IOException e) {
      // It is gone already.
    }
    if (exitCode().isEmpty()) {
      process.destroyForcibly();
    }
    deleteFolder();
  }

  private void deleteFolder() {
    try {
      Files.deleteIfExists(folder.resolve("peer.py"));
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
