package org.quadralib.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quadralib.SmallRun;
import org.quadralib.autobuild.AutoBuildConfig;
import org.quadralib.autobuild.AutoBuildResult;
import org.quadralib.autobuild.Budget;
import org.quadralib.autobuild.Cost;
import org.quadralib.autobuild.Probe;
import org.quadralib.autobuild.Stage;
import org.quadralib.builder.QuadraticConversion;
import org.quadralib.data.DataSplits;
import org.quadralib.graph.op.NeuronType;
import org.quadralib.layers.Layer;
import org.quadralib.layers.ModelSummary;
import org.quadralib.tensor.Shape;

/** The page of a build; the numbers are made up, but like those of a network of CIFAR images. */
class BuildReportTest {
  private static final Map<String, String> FACTS = Map.of("--mask", "0.5", "JVM", "<25>");

  @TempDir Path folder;
  private final DataSplits data = SmallRun.data(List.of("a", "b", "c"));
  private Layer network;
  private AutoBuildResult result;
  private Path file;

  private static Stage stage(
      String name, long parameters, long macs, double accuracy, List<Probe> probes) {
    List<String> removed = probes.isEmpty() ? List.of() : List.of(probes.getFirst().unit());
    Cost cost = new Cost(parameters, macs, parameters * 20);
    return new Stage(name, removed, probes, cost, 4, accuracy, accuracy - 0.02, 12.3, 1e-6);
  }

  private static List<Probe> probes(int... units) {
    return java.util.Arrays.stream(units)
        .mapToObj(u -> new Probe("features." + u, 0.01 * u, 0.005 * u, 0.03, 0.001 * u * u))
        .toList();
  }

  @BeforeEach
  void write() throws IOException {
    network = SmallRun.network(3);
    List<Stage> stages =
        List.of(
            stage("first-order", 579_786, 9_880_832, 0.57, List.of()),
            stage("converted", 1_734_026, 29_677_824, 0.58375, List.of()),
            stage("round-1", 1_291_018, 27_907_840, 0.57375, probes(25, 22, 18, 8)),
            stage("round-2", 848_010, 20_829_952, 0.58125, probes(22, 18, 8)),
            stage("round-3", 405_002, 19_060_000, 0.585, probes(22, 18)),
            stage("final", 405_002, 19_060_000, 0.67625, List.of()));
    Stage baseline = stage("baseline", 404_634, 6_901_046, 0.62, List.of());
    result =
        new AutoBuildResult(
            stages, stages.getLast(), network, network, baseline, true, "The budget is met: so.");
    AutoBuildConfig config =
        new AutoBuildConfig(
            new QuadraticConversion(NeuronType.QUADRA),
            Budget.parse("params=450K"),
            new AutoBuildConfig.Epochs(12, 4, 2, 11),
            1,
            0.5,
            64,
            0.05,
            0.1,
            true,
            7,
            List.of(),
            List.of(),
            layer -> Map.of());
    RunDescription run =
        new RunDescription(
            "vgg11",
            "the folder <cats>",
            FACTS,
            List.of(new RunDescription.Command("Build again", "./quadra autobuild --from vgg11")));
    file = folder.resolve("report.html");
    BuildReport.write(file, result, config, data, run);
  }

  private static long count(String text, String pattern) {
    return Pattern.compile(pattern).matcher(text).results().count();
  }

  @Test
  void setupStagesImportancePathAndArchitecturesAreThere() throws IOException {
    String page = Files.readString(file);
    for (String fact :
        List.of(
            "The budget is met: so.",
            "at most 450,000 parameters",
            "the folder &lt;cats&gt;",
            "%,d of %s".formatted(data.validation().size(), data.validation().shape()),
            "12 first-order, 4 converted, 2 after each removal, 11 at the end",
            "<td class=\"text\">seed</td><td class=\"text\">7</td>",
            "./quadra autobuild </span><span>--from vgg11",
            "--mask",
            "&lt;25&gt;")) {
      assertTrue(page.contains(fact), fact);
    }
    assertTrue(page.indexOf(">seed<") < page.indexOf("Stages"), "the setup comes first");
    for (Stage stage : result.stages()) {
      assertTrue(page.contains("%,d".formatted(stage.cost().parameters())), stage.name());
      for (Probe probe : stage.probes()) {
        assertTrue(page.contains(">" + probe.unit() + "<"), probe::toString);
      }
    }
    assertEquals(
        result.stages().stream().mapToLong(stage -> stage.probes().size()).sum(),
        count(page, "<i style=\"width:"));
    Shape example = Shape.of(1, 8, 8);
    for (ModelSummary.Row row : ModelSummary.of(network, example).rows()) {
      assertTrue(page.contains(">" + row.path() + "</td>"), row::toString);
    }
    assertFalse(page.contains("http://") || page.contains("https://"), "needs the net");
  }

  /** By parameters and by computation: one line through the stages, a point for each, named. */
  @Test
  void thePathGoesThroughOnePointForEachStage() throws IOException {
    String page = Files.readString(file);
    int stages = result.stages().size();
    assertEquals(2, count(page, "<svg class=\"chart\""));
    assertEquals(2 * (stages + 1), count(page, "<circle"));
    assertEquals(2, count(page, "<polyline points=\"([0-9.]+,[0-9.]+ ?){%d}\"".formatted(stages)));
    for (Stage stage : result.stages()) {
      assertEquals(2, count(page, "<text[^>]*>" + stage.name() + "</text>"), stage.name());
    }
    assertTrue(page.contains("converted, parameters, millions 1.73: 58.38%"), "in the hint");
  }

  /** Shown in a real browser, wide and narrow, light and dark; pictures stay in target. */
  @Test
  void aBrowserShowsItWithoutComplaintAndNothingSticksOut() throws Exception {
    assumeTrue(
        Chromium.program().isPresent(), "no chromium on the PATH: the page was not looked at");
    try (Chromium browser = new Chromium(Chromium.program().get(), folder)) {
      for (boolean dark : new boolean[] {false, true}) {
        for (int width : new int[] {1200, 360}) {
          Chromium.Shown shown = browser.show(file, width, dark);
          assertEquals(List.of(), shown.problems());
          assertEquals(List.of(), shown.requests());
          assertEquals(
              width, browser.evaluate("document.documentElement.scrollWidth").asInt(), "width");
          assertEquals(
              0,
              browser
                  .evaluate(
                      "[...document.querySelectorAll('svg.chart')].filter(s => {const c ="
                          + " s.getBoundingClientRect(); return [...s.querySelectorAll('text')]"
                          + ".some(t => {const b = t.getBoundingClientRect(); return b.left <"
                          + " c.left - 1 || b.right > c.right + 1})}).length")
                  .asInt(),
              "labels are inside their charts");
          String name = "build-%d-%s.png".formatted(width, dark ? "dark" : "light");
          browser.screenshot(Path.of("target/screenshots").resolve(name));
        }
      }
    }
  }
}
