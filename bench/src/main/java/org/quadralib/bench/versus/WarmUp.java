package org.quadralib.bench.versus;

import java.util.function.IntToDoubleFunction;

/**
 * Runs something until it no longer gets faster: JIT compilers, allocators and caches take a while.
 *
 * @param maxSeconds after which it is taken as it is
 */
public record WarmUp(double maxSeconds) {
  private static final int WINDOW = 5;
  private static final double FASTER = 0.97;
  private static final double TURN_MILLIS = 40;

  /**
   * Warms up.
   *
   * @param run runs so many times and gives the milliseconds of one
   * @return how often to run for one measurement, so that it lasts long enough for the clock
   */
  public int steadyTurn(IntToDoubleFunction run) {
    long end = System.nanoTime() + (long) (maxSeconds * 1e9);
    int turn = turn(run.applyAsDouble(1));
    double best = Double.POSITIVE_INFINITY;
    int steady = 0;
    while (steady < 2 && System.nanoTime() < end) {
      double[] window = new double[WINDOW];
      for (int i = 0; i < WINDOW; i++) {
        window[i] = run.applyAsDouble(turn);
      }
      double median = Quartiles.of(window).median();
      steady = median < FASTER * best ? 0 : steady + 1;
      best = Math.min(best, median);
      turn = turn(median);
    }
    return turn;
  }

  private static int turn(double millis) {
    return (int) Math.clamp(Math.ceil(TURN_MILLIS / millis), 1, 1000);
  }
}
