package org.quadralib.bench.versus;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.quadralib.bench.versus.Contestant.Timing;
import org.quadralib.bench.versus.Interleaving.Runner;

/** Lets contestants train and infer by turns, after their results were compared. */
public record Versus(Interleaving interleaving) {
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
    int count = contestants.size();
    double[] differences = new double[count];
    double[] lossDifferences = new double[count];
    interleaving.progress().accept("comparing results");
    float[] logits = contestants.getFirst().evaluate();
    float[] loss = lossOf(contestants.getFirst());
    for (int i = 1; i < count; i++) {
      Contestant other = contestants.get(i);
      differences[i] = Agreement.require("logits", other.name(), logits, other.evaluate());
      lossDifferences[i] = Agreement.require("losses", other.name(), loss, lossOf(other));
    }
    double[][] train = interleaving.measure("training", runners(contestants, Contestant::train));
    double[][] infer = interleaving.measure("inference", runners(contestants, Contestant::infer));
    List<Result> results = new ArrayList<>();
    for (int i = 0; i < count; i++) {
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

  private static float[] lossOf(Contestant contestant) {
    return new float[] {(float) contestant.train(1).loss()};
  }

  /** One kind of work of each contestant, to be measured. */
  public static List<Runner> runners(
      List<Contestant> contestants, BiFunction<Contestant, Integer, Timing> work) {
    return contestants.stream()
        .map(each -> new Runner(each.name(), times -> work.apply(each, times).millis()))
        .toList();
  }
}
