package org.quadralib.samples;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.quadralib.autobuild.AutoBuildResult;
import org.quadralib.autobuild.BuildProgress;
import org.quadralib.autobuild.Cost;
import org.quadralib.autobuild.Stage;
import org.quadralib.memory.Bytes;
import org.quadralib.train.TrainingListener;

/** Says which stage of a build is trained, how its training goes, and what came of all. */
final class BuildConsole implements BuildProgress {
  private static final ObjectMapper JSON = JsonMapper.builder().build();

  private final PrintWriter err;
  private final boolean quiet;

  /**
   * Progress on a stream.
   *
   * @param quiet whether to say nothing
   */
  BuildConsole(PrintWriter err, boolean quiet) {
    this.err = err;
    this.quiet = quiet;
  }

  @Override
  public TrainingListener onStage(String name, Cost cost, int epochs) {
    if (quiet) {
      return new TrainingListener() {};
    }
    err.printf(
        Locale.ROOT,
        "%s: %,d parameters, %,d MACs, %d epochs%n",
        name,
        cost.parameters(),
        cost.macs(),
        epochs);
    return new ProgressLine(err, Terminal.isPresent(), epochs);
  }

  @Override
  public void onProbes(String stage, int units) {
    if (!quiet) {
      err.printf("%s: probing %d units%n", stage, units);
      err.flush();
    }
  }

  @Override
  public void onStageEnd(Stage stage) {
    if (!quiet) {
      err.printf(
          "%s: validation %s, test %s%n",
          stage.name(), percent(stage.validationAccuracy()), percent(stage.testAccuracy()));
      err.flush();
    }
  }

  /** A table of the stages. */
  static void show(AutoBuildResult result, Path folder, PrintWriter out) {
    String row = "%-12s %12s %15s %12s %7s %11s %9s %9s  %s%n";
    out.printf(
        row, "stage", "parameters", "MACs", "kept", "epochs", "validation", "test", "seconds", "");
    for (Stage stage : stages(result)) {
      out.printf(
          row,
          stage.name(),
          String.format(Locale.ROOT, "%,d", stage.cost().parameters()),
          String.format(Locale.ROOT, "%,d", stage.cost().macs()),
          Bytes.format(stage.cost().savedBytes()),
          stage.epochs(),
          percent(stage.validationAccuracy()),
          percent(stage.testAccuracy()),
          String.format(Locale.ROOT, "%.1f", stage.trainSeconds()),
          stage.removed().isEmpty() ? "" : "without " + String.join(", ", stage.removed()));
    }
    if (result.met()) {
      out.printf("%n%s", result.note());
    }
    out.printf("%nresults in %s, report in %s%n", folder, folder.resolve("report.html"));
    out.flush();
  }

  /** The same as one object. */
  static ObjectNode json(AutoBuildResult result, Path folder) {
    ObjectNode summary = JSON.createObjectNode();
    summary.put("folder", folder.toString());
    summary.put("met", result.met());
    summary.put("note", result.note());
    summary.set("stages", JSON.valueToTree(stages(result)));
    return summary;
  }

  private static List<Stage> stages(AutoBuildResult result) {
    List<Stage> stages = new ArrayList<>(result.stages());
    if (result.baseline() != null) {
      stages.add(result.baseline());
    }
    return stages;
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.2f%%", 100 * share);
  }
}
