package org.quadralib.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.quadralib.metrics.Accuracy;
import org.quadralib.metrics.Mean;

/** Where a run is, beside its tensors: everything a checkpoint must keep to go on. */
final class RunState {
  int epoch;
  int step;
  long globalStep;
  double learningRate;
  double epochSeconds;
  final Mean loss = new Mean();
  final Accuracy accuracy = new Accuracy();
  final List<EpochResult> history = new ArrayList<>();

  /** Seconds of training so far, those of an unfinished epoch too. */
  double trainSeconds() {
    return epochSeconds + history.stream().mapToDouble(EpochResult::seconds).sum();
  }

  /** Closes the current epoch and opens the next. */
  EpochResult finishEpoch(Optional<Scores> validation) {
    boolean isBest =
        validation.isPresent()
            && bestEpoch()
                .flatMap(EpochResult::validation)
                .map(known -> validation.get().isBetterThan(known))
                .orElse(true);
    Scores train = new Scores(loss.value(), accuracy.value(), loss.count());
    EpochResult result =
        new EpochResult(epoch, learningRate, train, validation, epochSeconds, isBest);
    history.add(result);
    epoch++;
    step = 0;
    epochSeconds = 0;
    loss.reset();
    accuracy.reset();
    return result;
  }

  /** The epoch whose weights are the best; empty without validation. */
  Optional<EpochResult> bestEpoch() {
    return history.stream().filter(EpochResult::best).reduce((first, second) -> second);
  }

  /** Finished epochs since the best. */
  int epochsWithoutImprovement() {
    return bestEpoch().map(best -> history.size() - 1 - best.epoch()).orElse(0);
  }

  /** The state as text; numbers come back to the bit. */
  Map<String, String> toMetadata() {
    Map<String, String> text = new LinkedHashMap<>();
    text.put("state.epoch", Integer.toString(epoch));
    text.put("state.step", Integer.toString(step));
    text.put("state.global_step", Long.toString(globalStep));
    text.put("state.learning_rate", Double.toString(learningRate));
    text.put("state.epoch_seconds", Double.toString(epochSeconds));
    text.put("state.loss_sum", Double.toString(loss.sum()));
    text.put("state.correct", Long.toString(accuracy.correct()));
    text.put("state.examples", Long.toString(loss.count()));
    for (EpochResult result : history) {
      text.put("history." + result.epoch(), line(result));
    }
    return text;
  }

  /**
   * The state that {@link #toMetadata} wrote.
   *
   * @throws IllegalArgumentException if something is missing or no number
   */
  static RunState fromMetadata(Map<String, String> text) {
    RunState state = new RunState();
    state.epoch = number(text, "state.epoch", Integer::parseUnsignedInt);
    state.step = number(text, "state.step", Integer::parseUnsignedInt);
    state.globalStep = number(text, "state.global_step", Long::parseUnsignedLong);
    state.learningRate = number(text, "state.learning_rate", Double::parseDouble);
    state.epochSeconds = number(text, "state.epoch_seconds", Double::parseDouble);
    long examples = number(text, "state.examples", Long::parseUnsignedLong);
    state.loss.restore(number(text, "state.loss_sum", Double::parseDouble), examples);
    state.accuracy.restore(number(text, "state.correct", Long::parseUnsignedLong), examples);
    if (state.epoch < 0 || state.step < 0 || state.globalStep < 0) {
      throw new IllegalArgumentException("its position in the run is too large");
    }
    for (int i = 0; i < state.epoch; i++) {
      int epoch = i;
      state.history.add(number(text, "history." + i, line -> parse(epoch, line)));
    }
    return state;
  }

  private static <T> T number(Map<String, String> text, String key, Function<String, T> parser) {
    String value = text.get(key);
    if (value == null) {
      throw new IllegalArgumentException("it has no entry '" + key + "'");
    }
    try {
      return parser.apply(value);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("its entry '%s' is '%s'".formatted(key, value), e);
    }
  }

  private static String line(EpochResult result) {
    return "%s %s %s %s %s"
        .formatted(
            result.learningRate(),
            scores(result.train()),
            result.validation().map(RunState::scores).orElse("- - -"),
            result.seconds(),
            result.best());
  }

  private static String scores(Scores scores) {
    return scores.loss() + " " + scores.accuracy() + " " + scores.examples();
  }

  private static EpochResult parse(int epoch, String line) {
    String[] words = line.split(" ");
    if (words.length != 9) {
      throw new IllegalArgumentException("a line of history has 9 words");
    }
    return new EpochResult(
        epoch,
        Double.parseDouble(words[0]),
        scores(words, 1),
        words[4].equals("-") ? Optional.empty() : Optional.of(scores(words, 4)),
        Double.parseDouble(words[7]),
        Boolean.parseBoolean(words[8]));
  }

  private static Scores scores(String[] words, int from) {
    return new Scores(
        Double.parseDouble(words[from]),
        Double.parseDouble(words[from + 1]),
        Long.parseLong(words[from + 2]));
  }
}
