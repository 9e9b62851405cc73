package org.quadralib.samples;

import static org.quadralib.samples.RunCommands.quoted;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.quadralib.backend.Backend;
import org.quadralib.data.Normalize;
import org.quadralib.report.RunDescription;
import org.quadralib.report.RunDescription.Command;

/** What the report of a build says beside its results: how it was made, and what to type next. */
final class BuildDescription {
  private BuildDescription() {}

  /** Describes a build. */
  static RunDescription of(
      AutobuildOptions options,
      TrainOptions.Source source,
      Path folder,
      Backend backend,
      Normalize normalize) {
    Map<String, String> values = BuildFile.values(options);
    Map<String, String> facts = new LinkedHashMap<>();
    values.forEach((name, value) -> facts.put("--" + name, value));
    facts.put("images are normalised by", DataFlags.words(normalize));
    facts.put("computed by", backend.description());
    facts.put("library", Version.library());
    facts.put("JVM", Version.jvm());
    facts.put("system", Version.system());
    facts.put("folder", folder.toString());
    String weights = quoted(folder.resolve("final").resolve("weights.safetensors").toString());
    return new RunDescription(
        ModelChoice.shortName(BuildSetup.required(options.from, "--from MODEL")),
        RunCommands.dataName(source),
        facts,
        List.of(
            new Command("Build again", command(values)),
            new Command("Measure on the test images", "./quadra evaluate --weights " + weights),
            new Command("Use it elsewhere", "./quadra convert " + weights + " " + "model.onnx")));
  }

  private static String command(Map<String, String> values) {
    List<String> words = new ArrayList<>(List.of("./quadra autobuild"));
    values.forEach(
        (name, value) -> {
          switch (value) {
            case "true" -> words.add("--" + name);
            case "false", "" -> {} // as it is without the option
            default -> words.add("--" + name + " " + quoted(value));
          }
        });
    return String.join(" ", words);
  }
}
