package org.quadralib.train;

import org.quadralib.backend.Backend;
import org.quadralib.data.DataSplits;
import org.quadralib.layers.Model;

/**
 * Trains a model.
 *
 * <pre>{@code
 * TrainingConfig config = TrainingConfig.builder()
 *     .epochs(20).batchSize(64).seed(7)
 *     .recipe(recipe -> recipe.optimizer(new Sgd().weightDecay(5e-4)))
 *     .schedule(horizon -> Schedule.cosine(0.1, 1e-4, horizon.steps()))
 *     .checkpoints(CheckpointPolicy.in(folder))
 *     .build();
 * TrainingResult result = new Trainer(model, backend, config).fit(data);
 * }</pre>
 *
 * <p>The training part fits the weights, the validation part selects among them, the test part is
 * used once, at the end, and selects nothing. After a run that was not interrupted the model has
 * the selected weights: those of the epoch with the highest validation accuracy, at equal accuracy
 * the lowest loss; without a validation part, the last. After an interrupted run it has the last.
 *
 * <p>The same seed gives the same bits on the same backend, for any number of threads, and whether
 * or not the run was interrupted and resumed.
 */
public final class Trainer {
  private final Model model;
  private final Backend backend;
  private final TrainingConfig config;
  private volatile boolean stopped;

  /** A trainer for a model; weights start as they are in it. */
  public Trainer(Model model, Backend backend, TrainingConfig config) {
    this.model = model;
    this.backend = backend;
    this.config = config;
  }

  /**
   * Trains from the first step.
   *
   * @throws org.quadralib.memory.MemoryLimitException before the first step, if memory does not
   *     suffice for the batch size
   * @throws DivergenceException if the loss or the weights are no longer finite; the last
   *     checkpoint, if any, is from before
   * @throws org.quadralib.checkpoint.CheckpointException if the folder holds a run already or
   *     another trainer is writing into it, or a checkpoint cannot be written: the run ends, and
   *     the checkpoint before is unchanged
   * @throws IllegalArgumentException if model, data and configuration do not fit each other
   */
  public TrainingResult fit(DataSplits data) {
    try (TrainingRun run = TrainingRun.prepare(model, backend, config, data, () -> stopped)) {
      return run.fit();
    }
  }

  /**
   * Goes on with the run whose last checkpoint is in the configured folder, with the same final
   * weights as if it had never stopped. The number of epochs may differ, if the schedule does not
   * depend on it.
   *
   * @throws org.quadralib.checkpoint.CheckpointException if there is no checkpoint, it is damaged,
   *     or another trainer, in this process or another, is writing into the folder
   * @throws org.quadralib.checkpoint.CheckpointMismatchException if it is of a run with another
   *     model, optimizer, schedule, seed, data, backend or way of back-propagation; the model is
   *     then unchanged
   */
  public TrainingResult resume(DataSplits data) {
    try (TrainingRun run = TrainingRun.prepare(model, backend, config, data, () -> stopped)) {
      return run.resume();
    }
  }

  /**
   * Asks the run to end after the current step, with a checkpoint, and with the status {@link
   * TrainingResult.Status#INTERRUPTED}. For signal handlers and other threads: it returns at once.
   * A trainer that was stopped stays so; to go on, make another.
   */
  public void stop() {
    stopped = true;
  }
}
