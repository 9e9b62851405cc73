package org.quadralib.profile;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.function.LongSupplier;

/**
 * Runs something until it no longer gets faster, and this JVM's compilers rest: until they have
 * seen to the last loop, some hundred steps of training, they take time from what is measured, and
 * a plateau on the way is not the end.
 *
 * @param maxSeconds after which it is taken as it is
 * @param compilerMillis time that compilers have spent so far
 */
public record WarmUp(double maxSeconds, LongSupplier compilerMillis) {
  private static final int WINDOW = 5;
  private static final double FASTER = 0.97;
  private static final double TURN_MILLIS = 40;

  /** Share of the time that compilers at rest may take. */
  private static final double AT_REST = 0.02;

  /** A warm-up that heeds the compilers of this JVM. */
  public WarmUp(double maxSeconds) {
    this(maxSeconds, compilers());
  }

  private static LongSupplier compilers() {
    CompilationMXBean compilers = ManagementFactory.getCompilationMXBean();
    boolean counted = compilers != null && compilers.isCompilationTimeMonitoringSupported();
    return counted ? compilers::getTotalCompilationTime : () -> 0;
  }

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
      long compiled = compilerMillis.getAsLong();
      double[] window = new double[WINDOW];
      for (int i = 0; i < WINDOW; i++) {
        window[i] = run.applyAsDouble(turn);
      }
      Arrays.sort(window);
      double median = window[WINDOW / 2];
      double compiling = compilerMillis.getAsLong() - compiled;
      boolean atRest = compiling <= AT_REST * WINDOW * turn * median;
      steady = atRest && median >= FASTER * best ? steady + 1 : 0;
      best = Math.min(best, median);
      turn = turn(median);
    }
    return turn;
  }

  private static int turn(double millis) {
    return (int) Math.clamp(Math.ceil(TURN_MILLIS / millis), 1, 1000);
  }
}
