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
import org.quadralib.io.SafeTensors;

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
    List<String> command = new ArrayList<>(heedingInterrupts());
    command.addAll(prefix);
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

  /**
   * What a shell starts in the background ignores interrupts, its children too, and a JVM leaves it
   * at that. So tests in the background would see a run that does not stop.
   */
  private static List<String> heedingInterrupts() throws IOException {
    List<String> prefix = List.of("env", "--default-signal=INT");
    try {
      List<String> trial = new ArrayList<>(prefix);
      trial.add("true");
      return new ProcessBuilder(trial).start().waitFor() == 0 ? prefix : List.of();
    } catch (InterruptedException e) {
      throw new IOException("interrupted while starting a process", e);
    }
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

  private static int epochOf(Path checkpoint) throws IOException {
    try (SafeTensors file = SafeTensors.open(checkpoint)) {
      return Integer.parseInt(file.metadata().get("state.epoch"));
    }
  }

  private static void awaitEpoch(int epoch, Path checkpoint, Process writer) throws Exception {
    awaitFile(checkpoint, writer);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (epochOf(checkpoint) < epoch && writer.isAlive() && System.nanoTime() < end) {
      Thread.sleep(5);
    }
    assertTrue(epochOf(checkpoint) >= epoch, "epoch " + epoch + " is not reached");
  }

  /**
   * Convolutions, augmentation and threads, killed three times: as soon as the run has a folder,
   * perhaps before its first checkpoint, then in later and later epochs.
   */
  @Test
  void aKilledRunEndsWithTheBitsOfAnUninterruptedOne() throws Exception {
    int epochs = 7;
    String settings =
        "--model qcnn --backend vector --threads 2 --seed 3 --quiet --validation 0.8 --batch 32"
            + " --flip --crop 1 --cutout 2 --epochs "
            + epochs;
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Path whole = folder.resolve("whole");
    Cli.run("train " + settings + " --out " + whole).ok();

    Path killed = folder.resolve("killed");
    Path last = killed.resolve("last.safetensors");
    String begin = "train " + settings + " --out " + killed;
    String goOn = "train --quiet --resume " + killed;
    Process process = start(begin.split(" "));
    for (int kill = 0; kill < 3; kill++) {
      if (kill == 0) {
        awaitFile(killed.resolve("manifest.json"), process);
      } else {
        awaitEpoch(kill + random.nextInt(2), last, process);
      }
      if (kill == 1) {
        Cli.run(goOn).refused("another run is writing into the folder " + killed);
      }
      Thread.sleep(random.nextInt(50));
      process.destroyForcibly();
      String what = "kill " + kill + " with seed " + seed;
      assertEquals(137, await(process), () -> what + " came too late: " + said());
      assertFalse(Files.exists(killed.resolve("weights.safetensors")), what);
      assertFalse(Files.readString(killed.resolve("manifest.json")).contains("results"), what);
      boolean saved = Files.exists(last);
      assertTrue(!saved || epochOf(last) < epochs, what);
      process = start((saved ? goOn : begin).split(" "));
    }
    assertEquals(0, await(process), () -> "seed " + seed + ": " + said());
    for (String name : List.of("weights.safetensors", "best.safetensors")) {
      assertArrayEquals(
          Files.readAllBytes(whole.resolve(name)),
          Files.readAllBytes(killed.resolve(name)),
          () -> "another " + name + " with seed " + seed);
    }
    assertEquals(epochs, epochOf(last));
    try (var files = Files.list(killed)) {
      assertTrue(files.noneMatch(file -> file.toString().endsWith(".tmp")), "unfinished files");
    }
  }

  private String said() {
    try {
      return Files.readString(folder.resolve("err.txt"));
    } catch (IOException e) {
      return e.toString();
    }
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

  /** The history in a checkpoint grows by a line an epoch, until the file reaches the limit. */
  @Test
  void aDiskThatFillsUpLeavesTheCheckpointBefore() throws Exception {
    assumeTrue(isPosix(), "the system has no limits of file sizes");
    int epochs = 20;
    String settings = "train --quiet --model qmlp --backend scalar --batch 64 --epochs " + epochs;
    Path whole = folder.resolve("whole");
    Cli.run(settings + " --out " + whole).ok();

    Path one = folder.resolve("one");
    Cli.run("train --quiet --model qmlp --backend scalar --batch 64 --epochs 1 --out " + one).ok();
    long blocks = Files.size(one.resolve("last.safetensors")) / 512 + 2;
    Path out = folder.resolve("run");
    Process process =
        start(
            List.of("sh", "-c", "ulimit -f " + blocks + "; exec \"$@\"", "sh"),
            (settings + " --out " + out).split(" "));
    assertEquals(Failures.WRONG_INPUT, await(process), this::said);
    List<String> sentences = said().lines().filter(line -> !line.startsWith("WARNING")).toList();
    assertEquals(1, sentences.size(), said());
    Path last = out.resolve("last.safetensors");
    assertTrue(sentences.getFirst().contains("cannot write " + last), said());
    assertTrue(sentences.getFirst().contains("resume the run"), said());

    int saved = epochOf(last);
    assertTrue(saved >= 1 && saved < epochs, "it was saved in epoch " + saved);
    Cli.run("evaluate --backend scalar --weights " + last).ok();
    Cli.run("train --quiet --resume " + out).ok();
    assertArrayEquals(
        Files.readAllBytes(whole.resolve("weights.safetensors")),
        Files.readAllBytes(out.resolve("weights.safetensors")));
  }

  private static boolean isPosix() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
  }
}
