package org.quadralib.train;

import java.util.List;
import java.util.Optional;

/**
 * What a run came to.
 *
 * @param history all finished epochs, those before a resumption too
 * @param best the epoch whose weights were selected by validation; empty without validation
 * @param test evaluation of the selected weights, made once, after all selecting was done; empty if
 *     the run was interrupted
 * @param steps done in all
 * @param trainSeconds spent on them, before a resumption and in an unfinished epoch too; without
 *     validation, test and checkpoints
 */
public record TrainingResult(
    Status status,
    List<EpochResult> history,
    Optional<EpochResult> best,
    Optional<Evaluation> test,
    long steps,
    double trainSeconds) {
  /** Copies the history. */
  public TrainingResult {
    history = List.copyOf(history);
  }

  /** Why a run ended. */
  public enum Status {
    /** All epochs are done. */
    COMPLETED,
    /** Validation did not improve for as many epochs as the patience allows. */
    EARLY_STOPPED,
    /** {@link Trainer#stop()} was called; the run can be resumed. */
    INTERRUPTED
  }

  /** The last finished epoch; empty if none was finished. */
  public Optional<EpochResult> last() {
    return history.isEmpty() ? Optional.empty() : Optional.of(history.getLast());
  }
}
