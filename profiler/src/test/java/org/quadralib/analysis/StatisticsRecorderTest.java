package org.quadralib.analysis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quadralib.SmallRun;
import org.quadralib.analysis.LayerStatistics.Kind;
import org.quadralib.backend.Backend;
import org.quadralib.backend.Backends;
import org.quadralib.layers.Model;
import org.quadralib.train.EpochResult;
import org.quadralib.train.TrainingListener;

class StatisticsRecorderTest {
  private static final List<String> CLASSES = List.of("a", "b", "c");

  @TempDir Path folder;

  private static List<EpochStatistics> record(String name, int epochs) {
    try (Backend backend = Backends.named(name, 1);
        Model model = SmallRun.model(3)) {
      StatisticsRecorder recorder = new StatisticsRecorder(model, backend);
      List<EpochStatistics> recorded = new ArrayList<>();
      TrainingListener keeping =
          new TrainingListener() {
            @Override
            public void onEpochEnd(EpochResult result) {
              recorded.add(recorder.last());
            }
          };
      SmallRun.train(model, backend, SmallRun.data(CLASSES), epochs, recorder, keeping);
      return recorded;
    }
  }

  private static Histogram find(EpochStatistics epoch, String layer, Kind kind, Term term) {
    return epoch.find(layer, kind, term).orElseThrow(() -> new AssertionError(layer + kind + term));
  }

  @ParameterizedTest
  @ValueSource(strings = {"scalar", "vector"})
  void countsEveryElementByLayerAndOrder(String backend) {
    EpochStatistics epoch = record(backend, 1).getFirst();
    for (Kind kind : List.of(Kind.WEIGHT, Kind.GRADIENT)) {
      assertEquals(2 * 4 * 9, find(epoch, "q1", kind, Term.SECOND).count());
      assertEquals(4 * 9, find(epoch, "q1", kind, Term.FIRST).count());
      assertEquals(2 * 6 * 4 * 9, find(epoch, "q2", kind, Term.SECOND).count());
      assertEquals(6 * 3, find(epoch, "fc", kind, Term.FIRST).count());
    }
    for (Term term : Term.values()) {
      assertEquals(16 * 4 * 64, find(epoch, "q1", Kind.ACTIVATION, term).count());
      assertEquals(16 * 6 * 64, find(epoch, "q2", Kind.ACTIVATION, term).count());
    }
    assertEquals(16 * 3, find(epoch, "fc", Kind.ACTIVATION, Term.SUM).count());
  }

  /** Plain and with normalised branches: the terms are what is added up. */
  @ParameterizedTest
  @ValueSource(strings = {"scalar", "vector"})
  void theTermsAddUpToTheOutput(String backend) {
    EpochStatistics epoch = record(backend, 2).getLast();
    for (String layer : List.of("q1", "q2")) {
      Histogram sum = find(epoch, layer, Kind.ACTIVATION, Term.SUM);
      double terms =
          find(epoch, layer, Kind.ACTIVATION, Term.FIRST).mean()
              + find(epoch, layer, Kind.ACTIVATION, Term.SECOND).mean();
      assertEquals(sum.mean(), terms, 1e-5 * sum.norm());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"scalar", "vector"})
  void gradientsAreThoseOfTheStep(String backend) {
    for (EpochStatistics epoch : record(backend, 2)) {
      for (LayerStatistics layer : epoch.layers()) {
        assertTrue(layer.histogram().norm() > 0, layer.toString());
        assertEquals(0, layer.histogram().nonFinite());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"scalar", "vector"})
  void layersAreInTheOrderOfTheNetwork(String backend) {
    List<LayerStatistics> all = record(backend, 1).getFirst().layers();
    for (Kind kind : List.of(Kind.WEIGHT, Kind.GRADIENT)) {
      assertEquals(List.of("q1", "q2", "fc"), layers(all, kind), kind.toString());
    }
    assertEquals(
        List.of("q1", "bn1", "relu1", "q2", "relu2", "pool", "fc"), layers(all, Kind.ACTIVATION));
  }

  private static List<String> layers(List<LayerStatistics> all, Kind kind) {
    return all.stream()
        .filter(s -> s.kind() == kind)
        .map(LayerStatistics::layer)
        .distinct()
        .toList();
  }

  /** Backends round differently, but count the same. */
  @Test
  void aBackendThatFusesShowsTheSameActivations() {
    EpochStatistics plain = record("scalar", 1).getFirst();
    EpochStatistics fused = record("vector", 1).getFirst();
    for (LayerStatistics one : plain.layers()) {
      Histogram other = find(fused, one.layer(), one.kind(), one.term());
      assertEquals(one.histogram().norm(), other.norm(), 1e-3 * one.histogram().norm());
    }
    assertEquals(plain.layers().size(), fused.layers().size());
  }

  @Test
  void watchingChangesNothing() {
    try (Backend backend = Backends.named("scalar", 1);
        Model watched = SmallRun.model(3);
        Model alone = SmallRun.model(3)) {
      SmallRun.train(
          watched, backend, SmallRun.data(CLASSES), 2, new StatisticsRecorder(watched, backend));
      SmallRun.train(alone, backend, SmallRun.data(CLASSES), 2);
      alone
          .parameters()
          .forEach(
              (name, tensor) ->
                  assertEquals(
                      -1, tensor.segment().mismatch(watched.parameters().get(name).segment())));
    }
  }

  @Test
  void comesBackFromItsFile() throws Exception {
    List<EpochStatistics> epochs = record("scalar", 2);
    Path file = folder.resolve("s.jsonl");
    assertEquals(List.of(), StatisticsFile.read(file));
    for (EpochStatistics epoch : epochs) {
      StatisticsFile.append(file, epoch);
    }
    assertEquals(epochs, StatisticsFile.read(file));
    Files.writeString(file, "{\"epoch\":3,\"lay", StandardOpenOption.APPEND);
    assertEquals(epochs, StatisticsFile.read(file), "a line that a crash has cut is left out");
    StatisticsFile.write(file, epochs.subList(0, 1));
    assertEquals(epochs.subList(0, 1), StatisticsFile.read(file));
  }
}
