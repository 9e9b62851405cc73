package org.quadralib.report;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.quadralib.train.EpochResult;
import org.quadralib.train.Evaluation;
import org.quadralib.train.Scores;

/**
 * What is known of a run when its report is written.
 *
 * @param ending how it ended
 * @param planned epochs it was to have
 * @param history the finished epochs
 * @param best the epoch whose weights were selected by validation
 * @param test evaluation of the selected weights
 * @param trainSeconds spent on training steps
 * @param error why it failed; null if it did not
 */
record TrainingStory(
    Ending ending,
    int planned,
    List<EpochResult> history,
    Optional<EpochResult> best,
    Optional<Evaluation> test,
    double trainSeconds,
    @Nullable String error) {
  /** Ways to end. */
  enum Ending {
    COMPLETED,
    EARLY_STOPPED,
    INTERRUPTED,
    DIVERGED
  }

  /** More than this between accuracy on training and other images is worth a word. */
  private static final double GAP = 0.05;

  Optional<EpochResult> last() {
    return history.isEmpty() ? Optional.empty() : Optional.of(history.getLast());
  }

  /** The epoch whose weights the run ends with. */
  Optional<EpochResult> selected() {
    return best.or(this::last);
  }

  /** How it ended, in a sentence. */
  String howItEnded() {
    int done = history.size();
    return switch (ending) {
      case COMPLETED -> "It ran to its end, %s.".formatted(epochs(planned));
      case EARLY_STOPPED ->
          "It stopped early, after %s of %d: validation had not improved for as long as --patience allows."
              .formatted(epochs(done), planned);
      case INTERRUPTED ->
          "It was interrupted after %s of %d; everything is saved, and it can go on."
              .formatted(epochs(done), planned);
      case DIVERGED ->
          "It failed after %s of %d: %s. A lower learning rate (--lr), --clip 1 or --branch-norm usually helps."
              .formatted(epochs(done), planned, error);
    };
  }

  private static String epochs(int count) {
    return count == 1 ? "1 epoch" : count + " epochs";
  }

  /** Which weights were kept and why. */
  String selection() {
    if (best.isEmpty()) {
      return last().isEmpty()
          ? ""
          : "There was no validation, so the weights are those of the last epoch.";
    }
    return "The weights are those of epoch %d, the best of %d on images held out for validation."
        .formatted(best.get().epoch() + 1, history.size());
  }

  /** What stands out in the curves; a rule of thumb each, and what usually helps. */
  List<String> remarks() {
    List<String> remarks = new java.util.ArrayList<>();
    Optional<Scores> train = selected().map(EpochResult::train);
    Optional<Scores> validation = selected().flatMap(EpochResult::validation);
    if (train.isPresent() && validation.isPresent()) {
      double gap = train.get().accuracy() - validation.get().accuracy();
      if (gap > GAP) {
        remarks.add(
            String.format(
                Locale.ROOT,
                "It is right on %s of the images it learned from but only on %s of others: it has"
                    + " begun to learn images by heart. More images, --flip, --crop or more"
                    + " --weight-decay help.",
                percent(train.get().accuracy()),
                percent(validation.get().accuracy())));
      }
    }
    boolean overflow =
        history.stream()
                .flatMap(epoch -> epoch.validation().stream())
                .anyMatch(scores -> !Double.isFinite(scores.loss()))
            || test.map(t -> !Double.isFinite(t.loss())).orElse(false);
    if (overflow) {
      remarks.add(
          "At times the loss was no number: on some images activations exceeded what float32 holds,"
              + " because each quadratic layer squares what lies beyond the values it was trained"
              + " on. A lower --lr, more --epochs or --branch-norm helps.");
    }
    if (best.isPresent()
        && ending == Ending.COMPLETED
        && best.get().epoch() == history.size() - 1
        && history.size() > 2) {
      remarks.add("The last epoch was the best: with more --epochs it may become better still.");
    }
    if (best.isPresent() && history.size() >= 6 && best.get().epoch() < history.size() / 2) {
      remarks.add(
          "The best epoch was epoch %d, long before the end: fewer --epochs or --patience would have saved time."
              .formatted(best.get().epoch() + 1));
    }
    if (test.isPresent() && validation.isPresent()) {
      double drop = validation.get().accuracy() - test.get().accuracy();
      if (drop > GAP) {
        remarks.add(
            "It does worse on the test images than on those held out for validation: the two differ"
                + " in kind, or there are too few to tell.");
      }
    }
    return remarks;
  }

  static String percent(double share) {
    return Double.isNaN(share) ? "–" : String.format(Locale.ROOT, "%.2f%%", 100 * share);
  }
}
