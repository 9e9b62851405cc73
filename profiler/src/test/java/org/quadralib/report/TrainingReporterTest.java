package org.quadralib.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quadralib.SmallRun;
import org.quadralib.backend.Backend;
import org.quadralib.backend.Backends;
import org.quadralib.budget.BackpropChoice;
import org.quadralib.data.DataSplits;
import org.quadralib.layers.Backprop;
import org.quadralib.layers.Model;
import org.quadralib.metrics.ConfusionMatrix;
import org.quadralib.train.TrainingListener;
import org.quadralib.train.TrainingResult;
import org.quadralib.train.TrainingStart;

class TrainingReporterTest {
  private static final List<String> CLASSES =
      List.of("<script>alert(1)</script>", "b & \"c\"", "\u202Eevil");
  private static final RunDescription RUN =
      new RunDescription(
          "small<net>",
          "squares",
          new BackpropChoice(Map.of("q1", Backprop.BLOCK, "q2", Backprop.AUTODIFF)),
          OptionalLong.of(300 << 10),
          Map.of("optimizer", "<adamw>"),
          List.of(new RunDescription.Command("Again", "./quadra train --model 'x' --lr <1>")));

  @TempDir Path folder;
  private final List<String> warnings = new ArrayList<>();

  private TrainingResult train(Path file, int epochs, TrainingListener... more) {
    return train("scalar", file, epochs, more);
  }

  private TrainingResult train(String name, Path file, int epochs, TrainingListener... more) {
    DataSplits data = SmallRun.data(CLASSES);
    try (Backend backend = Backends.named(name, 1);
        Model model = SmallRun.model(3)) {
      List<TrainingListener> listeners = new ArrayList<>(List.of(more));
      listeners.addFirst(new TrainingReporter(file, model, backend, data, RUN, warnings::add));
      return SmallRun.train(
          model, backend, data, epochs, listeners.toArray(TrainingListener[]::new));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"scalar", "vector"})
  void tellsWhatHappened(String backend) throws Exception {
    Path file = folder.resolve("report.html");
    TrainingResult result = train(backend, file, 3);
    assertEquals(List.of(), warnings);
    String page = Files.readString(file);
    for (String part :
        List.of(
            "small&lt;net&gt; trained on squares",
            "3 epochs",
            TrainingStory.percent(result.test().orElseThrow().accuracy()),
            "Loss",
            "Accuracy",
            "Learning rate",
            "Gradients of second-order weights by depth",
            "Memory in use over one step",
            "A step was allowed 300.0 KiB",
            "1 layer autodiff, 1 layer block",
            "<td class=\"text\">block</td>",
            "QuadraticConv2d",
            "Second-order activations",
            "./quadra train",
            "images for validation")) {
      assertTrue(page.contains(part), part);
    }
    assertFalse(page.contains("<script"), "class names are escaped");
    assertFalse(page.contains("\u202E"), "class names do not turn the text");
    assertFalse(page.matches("(?s).*(https?:|url\\(|@import).*"), "nothing is fetched");
    ConfusionMatrix confusion = result.test().get().confusion();
    long wrong = 0;
    for (int i = 0; i < 9; i++) {
      wrong += i / 3 == i % 3 ? 0 : confusion.count(i / 3, i % 3);
    }
    assertTrue(page.contains(wrong + " of the 40 test images"), "mistakes are counted");
    assertEquals(Math.min(24, wrong), page.split("data:image/png").length - 1);
    assertEquals(3, Files.readAllLines(file.resolveSibling("statistics.jsonl")).size());
  }

  @Test
  void aReportThatCannotBeWrittenIsAWarningAndNotTheEnd() {
    TrainingResult result = train(folder.resolve("missing/report.html"), 1);
    assertEquals(TrainingResult.Status.COMPLETED, result.status());
    assertEquals(1, warnings.size(), warnings.toString());
    assertTrue(warnings.getFirst().contains("missing"), warnings.toString());
  }

  @Test
  void aFailedRunHasAReportToo() throws Exception {
    Path file = folder.resolve("report.html");
    DataSplits data = SmallRun.data(CLASSES);
    try (Backend backend = Backends.named("scalar", 1);
        Model model = SmallRun.model(3)) {
      TrainingReporter reporter =
          new TrainingReporter(file, model, backend, data, RUN, warnings::add);
      reporter.onFailure("before the start there is nothing to tell");
      assertFalse(Files.exists(file));
      SmallRun.train(
          model,
          backend,
          data,
          1,
          new TrainingListener() {
            @Override
            public void onStart(TrainingStart start) {
              reporter.onStart(start);
            }
          });
      reporter.onFailure("the loss became NaN");
    }
    assertEquals(List.of(), warnings);
    assertTrue(Files.readString(file).contains("failed after 0 epochs of 1: the loss became NaN"));
  }

  /** Shown in a real browser, wide and narrow, light and dark; pictures stay in target. */
  @Test
  void aBrowserShowsItWithoutComplaintAndWithoutAsking() throws Exception {
    assumeTrue(
        Chromium.program().isPresent(), "no chromium on the PATH: the page was not looked at");
    Path file = folder.resolve("report.html");
    train(file, 3);
    try (Chromium browser = new Chromium(Chromium.program().get(), folder)) {
      for (boolean dark : new boolean[] {false, true}) {
        for (int width : new int[] {1200, 360}) {
          Chromium.Shown shown = browser.show(file, width, dark);
          assertEquals(List.of(), shown.problems());
          assertEquals(List.of(), shown.requests());
          assertTrue(
              browser.evaluate("document.querySelectorAll('svg.chart').length").asInt() >= 6);
          assertEquals(
              0,
              browser
                  .evaluate(
                      "[...document.querySelectorAll('svg.chart')].filter(s =>"
                          + " s.getBoundingClientRect().height < 100).length")
                  .asInt(),
              "charts have room");
          assertEquals(
              width,
              browser.evaluate("document.documentElement.scrollWidth").asInt(),
              "nothing sticks out");
          int[] rgb =
              rgb(browser.evaluate("getComputedStyle(document.body).backgroundColor").asText());
          assertEquals(
              dark, rgb[0] + rgb[1] + rgb[2] < 3 * 128, "the background follows the system");
          browser.screenshot(
              Path.of(
                  "target/screenshots/training-%d-%s.png"
                      .formatted(width, dark ? "dark" : "light")));
        }
      }
    }
  }

  private static int[] rgb(String colour) {
    return java.util.regex.Pattern.compile("\\d+")
        .matcher(colour)
        .results()
        .limit(3)
        .mapToInt(match -> Integer.parseInt(match.group()))
        .toArray();
  }
}
