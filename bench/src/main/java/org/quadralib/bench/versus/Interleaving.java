package org.quadralib.bench.versus;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntToDoubleFunction;
import org.quadralib.profile.WarmUp;

/**
 * Measures several runners by turns, so that whatever else the machine does in the meantime hits
 * them alike. Each first warms up by itself until it gets no faster.
 *
 * @param rounds turns of each
 * @param progress is told what happens
 */
public record Interleaving(int rounds, WarmUp warmUp, Consumer<String> progress) {
  /**
   * Something to measure.
   *
   * @param run runs so many times and gives the milliseconds of one
   */
  public record Runner(String name, IntToDoubleFunction run) {}

  /**
   * Measures.
   *
   * @param what is measured, for the progress
   * @return milliseconds by runner and round
   */
  public double[][] measure(String what, List<Runner> runners) {
    int count = runners.size();
    int[] turns = new int[count];
    for (int i = 0; i < count; i++) {
      progress.accept("%s: %s warms up".formatted(what, runners.get(i).name()));
      turns[i] = warmUp.steadyTurn(runners.get(i).run());
    }
    double[][] millis = new double[count][rounds];
    for (int round = 0; round < rounds; round++) {
      progress.accept("%s: round %d of %d".formatted(what, round + 1, rounds));
      for (int i = 0; i < count; i++) {
        int next = (i + round) % count; // nobody is always the first
        millis[next][round] = turn(runners.get(next), turns[next], count > 1);
      }
    }
    return millis;
  }

  /**
   * One measurement. Garbage goes before it, not in it; the pause lets the threads of whoever
   * computed before go to sleep, and one run without a clock brings caches and threads back: what
   * is measured is a step of many, as in training.
   */
  private static double turn(Runner runner, int times, boolean byTurns) {
    System.gc();
    if (byTurns) {
      pause();
      double ignored = runner.run().applyAsDouble(1);
    }
    return runner.run().applyAsDouble(times);
  }

  private static void pause() {
    try {
      Thread.sleep(10);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
