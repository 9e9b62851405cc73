package org.quadralib.samples;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quadralib.data.Datasets;
import org.quadralib.models.ModelEntry;
import org.quadralib.models.Models;

class HelpTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "train",
        "evaluate",
        "predict",
        "analyze",
        "models",
        "convert",
        "autobuild",
        "profile",
        "devices"
      })
  void everyCommandExplainsItself(String command) {
    String help = Cli.run(command, "--help").ok().out();
    assertTrue(help.contains("Usage: quadra " + command), help);
    assertTrue(help.contains("Example"), help);
  }

  @Test
  void listsCommandsAndExitCodes() {
    String help = Cli.run("--help").ok().out();
    for (String word :
        List.of("train", "evaluate", "predict", "models", "devices", "bench", "Exit codes")) {
      assertTrue(help.contains(word), help);
    }
  }

  @Test
  void tellsItsVersion() {
    assertTrue(Cli.run("--version").ok().out().startsWith("QuadraLib "));
  }

  @Test
  void withoutACommandItShowsTheHelp() {
    assertTrue(Cli.run(new String[0]).ok().out().contains("Usage: quadra"));
  }

  /** The defaults in the text are those of the program. */
  @Test
  void theHelpOfTrainStatesTheDefaults() {
    String help = Cli.run("train", "--help").out().replaceAll("\\s+", " ");
    for (String data : Datasets.names()) {
      Map<String, String> defaults = new TreeMap<>(Defaults.under(Map.of("data", data)));
      assertTrue(help.contains(data), data);
      for (String name : List.of("model", "epochs", "batch", "optimizer", "schedule", "lr")) {
        String flag = "--" + name + " " + defaults.get(name);
        assertTrue(help.contains(flag), flag + " for " + data + " is not in: " + help);
      }
    }
  }

  @Test
  void listsAllModelsWithTheirCounts() {
    String list = Cli.run("models").ok().out();
    for (ModelEntry model : Models.all()) {
      assertTrue(list.contains(model.name()), list);
    }
    assertTrue(list.contains("520,282"), list);
  }

  @Test
  void showsAModelLayerByLayer() {
    String table = Cli.run("models qresnet14 --classes 7").ok().out();
    assertTrue(table.contains("layer1.0.conv1"), table);
    assertTrue(table.contains("[1x7]"), table);
  }

  @Test
  void plansTheMemoryOfTraining() {
    String table = Cli.run("models qcnn --input 1x8x8 --batch 16").ok().out();
    assertTrue(table.contains("kept from forward to backward"), table);
    Cli.run("models qcnn --batch 0").refused("--batch must be at least 1");
  }

  @Test
  void listsTheBackends() {
    String list = Cli.run("devices").ok().out();
    assertTrue(list.contains("scalar") && list.contains("vector"), list);
    assertTrue(list.contains("processor cores"), list);
  }
}
