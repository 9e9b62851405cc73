package org.quadralib.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a report says of a run beside its results.
 *
 * @param model name of the model
 * @param data name of the data set
 * @param facts how it was trained, by name, in the order in which they are shown
 * @param commands what to type to repeat the run or to use its results
 */
public record RunDescription(
    String model, String data, Map<String, String> facts, List<Command> commands) {
  /** Copies the collections. */
  public RunDescription {
    facts = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(facts));
    commands = List.copyOf(commands);
  }

  /** What a command is for, and the command. */
  public record Command(String purpose, String line) {}
}
