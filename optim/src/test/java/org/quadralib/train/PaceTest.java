package org.quadralib.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** On a clock that the test moves. */
class PaceTest {
  private static final int EPOCHS = 4;
  private static final int STEPS = 100;
  private static final int BATCH = 32;

  private final AtomicLong nanos = new AtomicLong();
  private final Pace pace = new Pace(EPOCHS, STEPS, BATCH, nanos::get);
  private final RunState state = new RunState();

  private StepProgress step(double seconds) {
    nanos.addAndGet(Math.round(seconds * 1e9));
    assertEquals(seconds, pace.step(), 1e-9);
    state.step++;
    return pace.progress(state, 1);
  }

  @Test
  void slowFirstStepsAreForgotten() {
    pace.start();
    for (int i = 0; i < 8; i++) {
      step(2);
    }
    StepProgress progress = null;
    for (int i = 0; i < 12; i++) {
      progress = step(0.01);
    }
    assertEquals((EPOCHS * STEPS - 20) * 0.01, progress.secondsLeft(), 1e-6);
    assertEquals(BATCH / 0.01, progress.imagesPerSecond(), 1e-6);
  }

  @Test
  void theSecondStepCountsMoreThanTheFirst() {
    pace.start();
    assertEquals((EPOCHS * STEPS - 1) * 2.0, step(2).secondsLeft(), 1e-6);
    assertEquals((EPOCHS * STEPS - 2) * 0.5, step(0.5).secondsLeft(), 1e-6);
  }

  @Test
  void aChangeOfPaceIsFollowed() {
    pace.start();
    for (int i = 0; i < 30; i++) {
      step(0.01);
    }
    StepProgress progress = null;
    for (int i = 0; i < 20; i++) {
      progress = step(0.04);
    }
    assertEquals((EPOCHS * STEPS - 50) * 0.04, progress.secondsLeft(), 1e-6);
  }

  @Test
  void evaluationsToComeAreCounted() {
    pace.start();
    pace.evaluated(3_000_000_000L);
    assertEquals((EPOCHS * STEPS - 1) * 0.1 + EPOCHS * 3, step(0.1).secondsLeft(), 1e-6);
  }

  @Test
  void theClockStartsAnewAfterAPause() {
    pace.start();
    step(0.1);
    nanos.addAndGet(50_000_000_000L);
    pace.start();
    step(0.1);
  }
}
