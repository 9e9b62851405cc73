package org.quadralib.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    state.epoch = Integer.parseInt(get(text, "state.epoch"));
    state.step = Integer.parseInt(get(text, "state.step"));
    state.globalStep = Long.parseLong(get(text, "state.global_step"));
    state.learningRate = Double.parseDouble(get(text, "state.learning_rate"));
    state.epochSeconds = Double.parseDouble(get(text, "state.epoch_seconds"));
    long examples = Long.parseLong(get(text, "state.examples"));
    state.loss.restore(Double.parseDouble(get(text, "state.loss_sum")), examples);
    state.accuracy.restore(Long.parseLong(get(text, "state.correct")), examples);
    if (state.epoch < 0 || state.step < 0 || state.globalStep < 0) {
      throw new IllegalArgumentException("its position in the run is negative");
    }
    for (int i = 0; i < state.epoch; i++) {
      state.history.add(parse(i, get(text, "history." + i)));
    }
    return state;
  }

  private static String get(Map<String, String> text, String key) {
    String value = text.get(key);
    if (value == null) {
      throw new IllegalArgumentException("it has no entry '" + key + "'");
    }
    return value;
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
      throw new IllegalArgumentException("its history of epoch " + epoch + " is '" + line + "'");
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
