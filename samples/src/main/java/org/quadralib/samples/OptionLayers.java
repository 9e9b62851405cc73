package org.quadralib.samples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * The options of a run gathered from several places. Every place speaks the language of the flags,
 * so that there is one parser, one set of checks and one list to write into a manifest.
 */
final class OptionLayers {
  private final Map<String, String> values = new LinkedHashMap<>();

  /** All options there are, by name without dashes. */
  static Set<String> names() {
    Set<String> names = new TreeSet<>();
    for (OptionSpec option : parser(new Holder()).getCommandSpec().options()) {
      names.add(name(option));
    }
    return names;
  }

  /** Options given as flags, by name without dashes. */
  static Map<String, String> flags(ParseResult parsed) {
    Set<String> names = names();
    Map<String, String> flags = new LinkedHashMap<>();
    for (OptionSpec option : parsed.matchedOptions()) {
      if (names.contains(name(option))) {
        boolean plain = option.originalStringValues().isEmpty() || option.negatable();
        flags.put(
            name(option),
            plain ? option.getValue().toString() : option.originalStringValues().getLast());
      }
    }
    return flags;
  }

  /** Adds options that are stronger than those so far. */
  OptionLayers add(Map<String, String> stronger) {
    values.putAll(stronger);
    return this;
  }

  /**
   * Adds the options of a YAML file.
   *
   * @throws IllegalArgumentException if one does not exist or has a bad value, naming the line
   */
  OptionLayers add(Path file) throws IOException {
    ConfigFile.read(file, names())
        .forEach((name, entry) -> add(name, entry.value(), entry.place()));
    return this;
  }

  /**
   * Adds an option that was read somewhere.
   *
   * @param place where, for the error
   * @throws IllegalArgumentException if it does not exist or has a bad value
   */
  OptionLayers add(String name, String value, String place) {
    try {
      parse(Map.of(name, value));
    } catch (ParameterException e) {
      throw new IllegalArgumentException(
          place + ": " + Failures.plain(String.valueOf(e.getMessage())), e);
    }
    values.put(name, value);
    return this;
  }

  /** Whether two texts give an option the same value, as 0.1 and 1e-1 do. */
  static boolean isSame(String name, String first, String second) {
    return first.equals(second) || typed(name, first).equals(typed(name, second));
  }

  private static Object typed(String name, String value) {
    return parser(new Holder()).parseArgs("--" + name + "=" + value).matchedOption(name).getValue();
  }

  /** What has been gathered, by name. */
  Map<String, String> values() {
    return Collections.unmodifiableMap(values);
  }

  /** The options with their types. */
  TrainOptions options() {
    return parse(values);
  }

  private static TrainOptions parse(Map<String, String> values) {
    List<String> arguments = new ArrayList<>();
    values.forEach((name, value) -> arguments.add("--" + name + "=" + value));
    Holder holder = new Holder();
    parser(holder).parseArgs(arguments.toArray(String[]::new));
    return holder.options;
  }

  private static CommandLine parser(Holder holder) {
    return Quadra.converters(new CommandLine(holder));
  }

  private static String name(OptionSpec option) {
    return option.longestName().substring(2);
  }

  @Command
  private static final class Holder {
    @Mixin private TrainOptions options = new TrainOptions();
  }
}
