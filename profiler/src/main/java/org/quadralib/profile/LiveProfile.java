package org.quadralib.profile;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.quadralib.backend.Executable;
import org.quadralib.backend.ExecutionListener;
import org.quadralib.plan.Plan;
import org.quadralib.train.StepProgress;
import org.quadralib.train.TrainingListener;
import org.quadralib.train.TrainingStart;

/**
 * Profiles a run while it trains: give it to {@link
 * org.quadralib.train.TrainingConfig.Builder#listener}. It sums the time of each operation, at two
 * looks at the clock for each, and shows steps and operations to the JDK's flight recorder while a
 * recording runs. Ask it from a listener or after the run.
 */
public final class LiveProfile implements TrainingListener {
  private final FlightRecorder recorder = new FlightRecorder();
  private @Nullable Plan plan;
  private @Nullable OpTimes times;

  /** For one run. */
  public LiveProfile() {}

  @Override
  public void onStart(TrainingStart start) {
    plan = start.plan();
    times = new OpTimes(start.plan());
  }

  @Override
  public ExecutionListener watch(int epoch, int step, int stepsPerEpoch, Executable executable) {
    return ExecutionListener.all(List.of(recorder, times()));
  }

  @Override
  public void onStep(StepProgress progress) {
    StepEvent event = new StepEvent();
    if (event.shouldCommit()) {
      event.epoch = progress.epoch();
      event.step = progress.globalStep();
      event.loss = progress.loss();
      event.learningRate = progress.learningRate();
      event.imagesPerSecond = progress.imagesPerSecond();
      event.plannedBytes = plan == null ? 0 : plan.peakBytes();
      event.commit();
    }
  }

  /** What is alive when, as the run's plan says. */
  public Timeline timeline() {
    times();
    return Timeline.of(Objects.requireNonNull(plan));
  }

  /** Times by layer and phase so far, the longest first. */
  public List<OpTimes.Row> byLayer() {
    return times().byLayer();
  }

  /** Times of operations so far. */
  public OpTimes times() {
    if (times == null) {
      throw new IllegalStateException("the run has not started");
    }
    return times;
  }
}
