package org.quadralib.samples;

import java.io.PrintWriter;
import java.util.Locale;
import org.quadralib.train.EpochResult;
import org.quadralib.train.Scores;
import org.quadralib.train.StepProgress;
import org.quadralib.train.TrainingListener;
import org.quadralib.train.TrainingStart;

/**
 * Shows how training goes: on a terminal one line that changes, elsewhere a line after each epoch
 * and every few seconds.
 */
final class ProgressLine implements TrainingListener {
  private static final long TERMINAL_NANOS = 100_000_000L;
  private static final long PLAIN_NANOS = 10_000_000_000L;

  private final PrintWriter out;
  private final boolean terminal;
  private final int epochs;
  private long lastShown;
  private int shownLength;

  /**
   * A display.
   *
   * @param terminal whether a carriage return goes back to the start of the line
   */
  ProgressLine(PrintWriter out, boolean terminal, int epochs) {
    this.out = out;
    this.terminal = terminal;
    this.epochs = epochs;
  }

  @Override
  public void onStart(TrainingStart start) {
    lastShown = System.nanoTime();
  }

  @Override
  public void onStep(StepProgress progress) {
    long now = System.nanoTime();
    if (now - lastShown < (terminal ? TERMINAL_NANOS : PLAIN_NANOS)) {
      return;
    }
    lastShown = now;
    String line =
        String.format(
            Locale.ROOT,
            "epoch %d/%d  step %d/%d  loss %.4f  accuracy %.2f%%  %,.0f images/s  %s left",
            progress.epoch() + 1,
            progress.epochs(),
            progress.step(),
            progress.stepsPerEpoch(),
            progress.meanLoss(),
            100 * progress.accuracy(),
            progress.imagesPerSecond(),
            Durations.clock(progress.secondsLeft()));
    if (terminal) {
      out.print("\r" + line + " ".repeat(Math.max(0, shownLength - line.length())));
      shownLength = line.length();
    } else {
      out.println(line);
    }
    out.flush();
  }

  @Override
  public void onEpochEnd(EpochResult result) {
    StringBuilder line = new StringBuilder();
    line.append("epoch ").append(result.epoch() + 1).append('/').append(epochs);
    append(line, "", result.train());
    result.validation().ifPresent(scores -> append(line, "validation ", scores));
    line.append(String.format(Locale.ROOT, "  %,.0f images/s", result.imagesPerSecond()));
    clear();
    out.println(line);
    out.flush();
    lastShown = System.nanoTime();
  }

  private static void append(StringBuilder line, String what, Scores scores) {
    line.append(
        String.format(
            Locale.ROOT,
            "  %sloss %.4f  accuracy %.2f%%",
            what,
            scores.loss(),
            100 * scores.accuracy()));
  }

  /** Removes the changing line, before something else is printed. */
  void clear() {
    if (shownLength > 0) {
      out.print("\r" + " ".repeat(shownLength) + "\r");
      out.flush();
      shownLength = 0;
    }
  }
}
