package org.quadralib.samples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that are killed or stopped in a process of their own. */
class StopAndResumeTest {
  private static final List<String> SETTINGS =
      List.of("--model", "qmlp", "--backend", "scalar", "--seed", "3");

  @TempDir Path folder;
  private final List<Process> processes = new ArrayList<>();

  @AfterEach
  void endProcesses() {
    processes.forEach(Process::destroyForcibly);
  }

  private Process start(String... args) throws IOException {
    return start(List.of(), args);
  }

  /** Starts the command line in a JVM, behind the words of another command. */
  private Process start(List<String> prefix, String... args) throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "--add-modules",
            "jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            Quadra.class.getName()));
    command.addAll(Arrays.asList(args));
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(folder.resolve("out.txt").toFile())
            .redirectError(folder.resolve("err.txt").toFile())
            .start();
    processes.add(process);
    return process;
  }

  private Process train(Path out, String... more) throws IOException {
    List<String> args = new ArrayList<>(List.of("train", "--out", out.toString()));
    args.addAll(SETTINGS);
    args.addAll(Arrays.asList(more));
    return start(args.toArray(String[]::new));
  }

  private static void awaitFile(Path file, Process writer) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!Files.exists(file) && writer.isAlive() && System.nanoTime() < end) {
      Thread.sleep(5);
    }
    assertTrue(Files.exists(file), file + " was not written");
  }

  private static int await(Process process) throws InterruptedException {
    assertTrue(process.waitFor(90, TimeUnit.SECONDS), "the process does not end");
    return process.exitValue();
  }

  @Test
  void aKilledRunEndsWithTheBitsOfAnUninterruptedOne() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Path whole = folder.resolve("whole");
    List<String> args = new ArrayList<>(List.of("train", "--epochs", "12", "--quiet"));
    args.addAll(SETTINGS);
    args.addAll(List.of("--out", whole.toString()));
    long begin = System.nanoTime();
    Cli.run(args.toArray(String[]::new)).ok();
    long millis = Math.max(50, (System.nanoTime() - begin) / 1_000_000);

    Path killed = folder.resolve("killed");
    Process process = train(killed, "--epochs", "12", "--quiet");
    awaitFile(killed.resolve("last.safetensors"), process);
    for (int kill = 0; kill < 2; kill++) {
      Thread.sleep(random.nextLong(millis));
      process.destroyForcibly();
      await(process);
      process = start("train", "--quiet", "--resume", killed.toString());
    }
    int exit = await(process);
    String said = Files.readString(folder.resolve("err.txt"));
    assertEquals(0, exit, () -> "seed " + seed + ": " + said);
    assertArrayEquals(
        Files.readAllBytes(whole.resolve("weights.safetensors")),
        Files.readAllBytes(killed.resolve("weights.safetensors")),
        () -> "other weights with seed " + seed);
  }

  @Test
  void controlCSavesAndTellsHowToGoOn() throws Exception {
    assumeTrue(isPosix(), "the system has no signals");
    Path out = folder.resolve("run");
    Process process = train(out, "--epochs", "100000", "--schedule", "constant");
    awaitFile(out.resolve("last.safetensors"), process);
    byte[] before = Files.readAllBytes(out.resolve("last.safetensors"));
    Thread.sleep(300);
    new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
    assertEquals(130, await(process));
    String said = Files.readString(folder.resolve("err.txt"));
    assertTrue(said.contains("./quadra train --resume " + out), said);
    assertFalse(Arrays.equals(before, Files.readAllBytes(out.resolve("last.safetensors"))));
    assertTrue(Files.readString(out.resolve("manifest.json")).contains("\"interrupted\""));
    Cli.run("train", "--resume", out.toString(), "--epochs", "1").ok();
  }

  /** A limit on the size of files fails as a full disk does, and needs no rights. */
  @Test
  void aFullDiskEndsTheRunWithOneSentence() throws Exception {
    assumeTrue(isPosix(), "the system has no limits of file sizes");
    Path out = folder.resolve("run");
    Process process =
        start(
            List.of("sh", "-c", "ulimit -f 8; exec \"$@\"", "sh"),
            "train",
            "--quiet",
            "--model",
            "qmlp",
            "--backend",
            "scalar",
            "--out",
            out.toString());
    assertEquals(Failures.WRONG_INPUT, await(process));
    List<String> said =
        Files.readAllLines(folder.resolve("err.txt")).stream()
            .filter(line -> !line.startsWith("WARNING"))
            .toList();
    assertEquals(1, said.size(), said.toString());
    assertTrue(said.getFirst().contains("cannot write " + out), said.toString());
    assertFalse(Files.exists(out), "what cannot be resumed must not stay");
  }

  private static boolean isPosix() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
  }
}
