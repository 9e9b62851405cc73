package org.quadralib.bench.versus;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Lets contestants do the same work by turns, so that whatever else the machine does in the
 * meantime hits them alike. Each first warms up by itself until it gets no faster.
 *
 * @param rounds turns of each contestant for training, and as many for inference
 * @param progress is told what happens
 */
public record Versus(int rounds, WarmUp warmUp, Consumer<String> progress) {
  /** Largest difference of logits and losses, relative to the largest, that rounding explains. */
  public static final double TOLERANCE = 1e-3;

  /**
   * What was measured of one contestant.
   *
   * @param trainMillis of one training step, by round
   * @param inferMillis of one inference, by round
   * @param difference of its logits from those of the first contestant, relative to the largest
   * @param lossDifference of the loss of the first training step from that of the first contestant
   */
  public record Result(
      String name,
      String description,
      int threads,
      double[] trainMillis,
      double[] inferMillis,
      double difference,
      double lossDifference) {}

  /**
   * Measures.
   *
   * @param contestants with the same weights; the first is the one the others are compared with
   * @throws IllegalStateException if they do not compute the same
   */
  public List<Result> run(List<Contestant> contestants) {
    double[] differences = new double[contestants.size()];
    double[] lossDifferences = new double[contestants.size()];
    compare(contestants, differences, lossDifferences);
    double[][] train = measure(contestants, "training", Contestant::train);
    double[][] infer = measure(contestants, "inference", Contestant::infer);
    List<Result> results = new ArrayList<>();
    for (int i = 0; i < contestants.size(); i++) {
      Contestant contestant = contestants.get(i);
      results.add(
          new Result(
              contestant.name(),
              contestant.description(),
              contestant.threads(),
              train[i],
              infer[i],
              differences[i],
              lossDifferences[i]));
    }
    return results;
  }

  /** One evaluation and one training step of each must agree before time is taken. */
  private void compare(
      List<Contestant> contestants, double[] differences, double[] lossDifferences) {
    progress.accept("comparing results");
    Contestant first = contestants.getFirst();
    float[] logits = first.evaluate();
    double loss = first.train(1).loss();
    for (int i = 1; i < contestants.size(); i++) {
      Contestant other = contestants.get(i);
      differences[i] = difference(logits, other.evaluate());
      lossDifferences[i] = Math.abs(other.train(1).loss() - loss) / Math.abs(loss);
      // Written so that a NaN fails.
      if (!(differences[i] <= TOLERANCE && lossDifferences[i] <= TOLERANCE)) {
        throw new IllegalStateException(
            "%s and %s do not compute the same: logits differ by %.2g, the loss by %.2g, relative to the largest"
                .formatted(first.name(), other.name(), differences[i], lossDifferences[i]));
      }
    }
  }

  /** Largest difference relative to the largest number. */
  static double difference(float[] expected, float[] actual) {
    if (expected.length != actual.length) {
      throw new IllegalStateException(
          "%d logits against %d".formatted(expected.length, actual.length));
    }
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      difference = Math.max(difference, Math.abs((double) expected[i] - actual[i]));
    }
    return largest == 0 ? difference : difference / largest;
  }

  private interface Work {
    Contestant.Timing run(Contestant contestant, int times);
  }

  private double[][] measure(List<Contestant> contestants, String what, Work work) {
    int count = contestants.size();
    int[] turns = new int[count];
    for (int i = 0; i < count; i++) {
      Contestant contestant = contestants.get(i);
      progress.accept("%s: %s warms up".formatted(what, contestant.name()));
      turns[i] = warmUp.steadyTurn(times -> work.run(contestant, times).millis());
    }
    double[][] millis = new double[count][rounds];
    for (int round = 0; round < rounds; round++) {
      progress.accept("%s: round %d of %d".formatted(what, round + 1, rounds));
      for (int i = 0; i < count; i++) {
        int turn = (i + round) % count; // nobody is always the first
        millis[turn][round] = turn(contestants.get(turn), turns[turn], count > 1, work);
      }
    }
    return millis;
  }

  /**
   * One measurement. Garbage goes before it, not in it; the pause lets the threads of whoever
   * computed before go to sleep, and what runs for short is run once without a clock, to have its
   * caches and threads back.
   */
  private static double turn(Contestant contestant, int times, boolean byTurns, Work work) {
    System.gc();
    if (byTurns) {
      pause();
      if (times > 1) {
        work.run(contestant, 1);
      }
    }
    return work.run(contestant, times).millis();
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
