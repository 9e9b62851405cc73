package org.quadralib.samples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * The options of {@code evaluate} under those of a YAML file. The file may be that of a training:
 * what only training needs is left alone.
 */
final class EvaluateConfig {
  /** In the file of a training they name what it starts from and writes. */
  private static final Set<String> NOT_FROM_FILES = Set.of("weights", "out");

  private EvaluateConfig() {}

  /**
   * The command with the options of a file where the command line gives none.
   *
   * @throws IllegalArgumentException if the file is wrong, naming it
   */
  static EvaluateCommand read(Path file, CommandSpec given) throws IOException {
    Set<String> own = new TreeSet<>();
    given.options().forEach(option -> own.add(name(option)));
    own.removeAll(NOT_FROM_FILES);
    Set<String> known = new TreeSet<>(own);
    known.addAll(OptionLayers.names());
    List<String> arguments = new ArrayList<>();
    for (Map.Entry<String, ConfigFile.Entry> entry : ConfigFile.read(file, known).entrySet()) {
      boolean stronger = given.commandLine().getParseResult().hasMatchedOption(entry.getKey());
      if (own.contains(entry.getKey()) && !stronger) {
        arguments.add("--" + entry.getKey() + "=" + entry.getValue().value());
      }
    }
    for (OptionSpec option : given.commandLine().getParseResult().matchedOptions()) {
      if (!name(option).equals("config")) {
        arguments.addAll(asGiven(option));
      }
    }
    EvaluateCommand command = new EvaluateCommand();
    CommandLine parser = Quadra.converters(new CommandLine(command));
    parser.setOut(given.commandLine().getOut()).setErr(given.commandLine().getErr());
    try {
      parser.parseArgs(arguments.toArray(String[]::new));
    } catch (ParameterException e) {
      throw new IllegalArgumentException(
          file + ": " + Failures.plain(String.valueOf(e.getMessage())), e);
    }
    return command;
  }

  private static List<String> asGiven(OptionSpec option) {
    return option.originalStringValues().isEmpty()
        ? List.of(option.longestName())
        : List.of(option.longestName() + "=" + option.originalStringValues().getLast());
  }

  private static String name(OptionSpec option) {
    return option.longestName().replaceFirst("^-+", "");
  }
}
