package org.quadralib.samples;

import static org.quadralib.samples.TrainingSetup.needed;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.quadralib.backend.Backend;
import org.quadralib.data.Normalize;
import org.quadralib.report.RunDescription;
import org.quadralib.report.RunDescription.Command;

/** What the report of a run says beside its results: how it was made, and what to type next. */
final class RunCommands {
  /** Of the machine and the call: a repetition may choose them anew. */
  private static final Set<String> LEFT_OUT =
      Set.of("out", "quiet", "json", "report", "tensorboard", "threads");

  private RunCommands() {}

  /** Describes a run. */
  static RunDescription describe(
      Map<String, String> values,
      TrainOptions options,
      MemoryDecision decision,
      RunFolder folder,
      Backend backend,
      Normalize normalize) {
    Map<String, String> facts = new LinkedHashMap<>();
    values.forEach(
        (name, value) -> {
          if (!LEFT_OUT.contains(name)) {
            facts.put("--" + name, value);
          }
        });
    facts.put("images are normalised by", DataFlags.words(normalize));
    facts.put("computed by", backend.description());
    facts.put("library", Version.library());
    facts.put("JVM", Version.jvm());
    facts.put("system", Version.system());
    facts.put("folder", folder.path().toString());
    String weights = quoted(folder.weights().toString());
    return new RunDescription(
        ModelChoice.shortName(needed(options.source.model)),
        dataName(options.source),
        decision.choice(),
        options.computing.memory == null
            ? OptionalLong.empty()
            : OptionalLong.of(options.computing.memory.bytes()),
        facts,
        List.of(
            new Command("Train again, with the same result", train(values)),
            new Command(
                "Go on, if it was interrupted",
                "./quadra train --resume " + quoted(folder.path().toString())),
            new Command("Measure on the test images", "./quadra evaluate --weights " + weights),
            new Command(
                "Look into it: what its layers see, where its evidence lies",
                "./quadra analyze --weights " + weights),
            new Command(
                "Use it on images of your own: an array [N, C, H, W] of intensities from 0 to 1",
                "./quadra predict --normalize --weights "
                    + weights
                    + " --input images.npy --output logits.npy")));
  }

  /** Image files are known by the name of their folder. */
  static String dataName(TrainOptions.Source source) {
    String name = needed(source.data);
    return name.equals("folder") && source.dataDir != null
        ? "the folder " + source.dataDir.toAbsolutePath().normalize().getFileName()
        : name;
  }

  private static String train(Map<String, String> values) {
    List<String> words = new ArrayList<>(List.of("./quadra train"));
    values.forEach(
        (name, value) -> {
          if (LEFT_OUT.contains(name)) {
            return;
          }
          switch (value) {
            case "true" -> words.add("--" + name);
            case "false" -> words.add("--no-" + name);
            default -> words.add("--" + name + " " + quoted(value));
          }
        });
    return String.join(" ", words);
  }

  /** A word as a POSIX shell takes it. */
  static String quoted(String word) {
    return word.matches("[\\w./:=+,-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
