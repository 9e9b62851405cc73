package org.quadralib.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
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

  /** So many epochs are named one by one. */
  private static final int FEW = 5;

  /** An accuracy on training images that still rises by this in an epoch may go on to. */
  private static final double RISING = 0.01;

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
    if (history.size() == 1) {
      return "";
    }
    return "The weights are those of epoch %d, the best of %d on images held out for validation."
        .formatted(best.get().epoch() + 1, history.size());
  }

  /**
   * What stands out in the curves; a rule of thumb each, and what usually helps. Curves that are
   * not numbers say nothing of how well it learned.
   */
  List<String> remarks() {
    List<String> remarks = new ArrayList<>();
    notANumber().ifPresent(remarks::add);
    Optional<Scores> train = selected().map(EpochResult::train).filter(TrainingStory::isNumber);
    Optional<Scores> validation =
        selected().flatMap(EpochResult::validation).filter(TrainingStory::isNumber);
    if (train.isPresent() && validation.isPresent()) {
      byHeart(train.get(), validation.get()).ifPresent(remarks::add);
    }
    stillRising().ifPresent(remarks::add);
    if (validation.isPresent()) {
      remarks.addAll(whenItWasBest());
      Optional<Scores> tested = test.map(Evaluation::scores).filter(TrainingStory::isNumber);
      if (tested.isPresent() && validation.get().accuracy() - tested.get().accuracy() > GAP) {
        remarks.add(
            "It does worse on the test images than on those held out for validation: the two differ"
                + " in kind, or there are too few to tell.");
      }
    }
    return remarks;
  }

  private static boolean isNumber(Scores scores) {
    return Double.isFinite(scores.loss());
  }

  /** When a loss was no number, why, and what to try. */
  private Optional<String> notANumber() {
    List<Integer> epochs =
        history.stream()
            .filter(
                e ->
                    !isNumber(e.train())
                        || !e.validation().map(TrainingStory::isNumber).orElse(true))
            .map(e -> e.epoch() + 1)
            .toList();
    if (!epochs.isEmpty()) {
      return Optional.of(noNumber("validation", inEpochs(epochs)));
    }
    return test.map(Evaluation::scores)
        .filter(scores -> !isNumber(scores))
        .map(_ -> noNumber("test", ""));
  }

  private String inEpochs(List<Integer> epochs) {
    if (epochs.size() == 1) {
      return " in epoch " + epochs.getFirst();
    }
    return epochs.size() > FEW
        ? " in %d of %d epochs".formatted(epochs.size(), history.size())
        : " in epochs %s and %d"
            .formatted(
                epochs.subList(0, epochs.size() - 1).stream()
                    .map(String::valueOf)
                    .collect(Collectors.joining(", ")),
                epochs.getLast());
  }

  // A loss on training images that is no number ends a run.
  private static String noNumber(String images, String when) {
    return "The loss on the %s images was not a finite number%s, so there is none to show: the outputs for some images exceeded what float32 holds, because each quadratic layer squares what lies beyond the values it was trained on. Those images count as not recognised. Try a lower --lr, a --warmup, --clip 1 or --branch-norm."
        .formatted(images, when);
  }

  private static Optional<String> byHeart(Scores train, Scores validation) {
    if (train.accuracy() - validation.accuracy() <= GAP) {
      return Optional.empty();
    }
    return Optional.of(
        "It is right on %s of the images it learned from but only on %s of others: it has begun to learn images by heart. More images, --flip, --crop or more --weight-decay help."
            .formatted(percent(train.accuracy()), percent(validation.accuracy())));
  }

  private Optional<String> stillRising() {
    if (ending != Ending.COMPLETED || history.size() < 2) {
      return Optional.empty();
    }
    double before = history.get(history.size() - 2).train().accuracy();
    double after = history.getLast().train().accuracy();
    return after - before < RISING
        ? Optional.empty()
        : Optional.of(
            "It was still learning when it ended: in the last epoch, accuracy on the training images rose from %s to %s. More --epochs should help."
                .formatted(percent(before), percent(after)));
  }

  private List<String> whenItWasBest() {
    List<String> remarks = new ArrayList<>();
    if (best.isPresent()
        && stillRising().isEmpty()
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
    return remarks;
  }

  static String percent(double share) {
    return Double.isNaN(share) ? "–" : String.format(Locale.ROOT, "%.2f%%", 100 * share);
  }
}
