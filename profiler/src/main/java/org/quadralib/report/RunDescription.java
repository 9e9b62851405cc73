package org.quadralib.report;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.quadralib.budget.BackpropChoice;

/**
 * What a report says of a run beside its results.
 *
 * @param model name of the model
 * @param data name of the data set
 * @param backprop how each layer was differentiated
 * @param budgetBytes what a step was allowed to hold; empty without a limit
 * @param facts how it was trained, by name, in the order in which they are shown
 * @param commands what to type to repeat the run or to use its results
 */
public record RunDescription(
    String model,
    String data,
    BackpropChoice backprop,
    OptionalLong budgetBytes,
    Map<String, String> facts,
    List<Command> commands) {
  /** Copies the collections. */
  public RunDescription {
    facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
    commands = List.copyOf(commands);
  }

  /** Of a run whose layers all had the usual way of back-propagation, without a budget. */
  public RunDescription(
      String model, String data, Map<String, String> facts, List<Command> commands) {
    this(model, data, new BackpropChoice(Map.of()), OptionalLong.empty(), facts, commands);
  }

  /** What a command is for, and the command. */
  public record Command(String purpose, String line) {}
}
