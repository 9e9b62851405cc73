package org.quadralib.autobuild;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.quadralib.builder.QuadraticConversion;
import org.quadralib.data.Transform;
import org.quadralib.layers.Layer;

/**
 * How a quadratic network is built.
 *
 * @param conversion which layers become quadratic, and how
 * @param epochs of each stage
 * @param removals units removed in each round
 * @param maskRatio share of a unit's channels that a probe masks
 * @param learningRate highest of each stage
 * @param quadraticLrScale multiplies it for second-order terms
 * @param baseline whether to train a first-order network of as many parameters for as many epochs,
 *     to compare with
 * @param metadata free text for the weights of a network
 */
public record AutoBuildConfig(
    QuadraticConversion conversion,
    Budget budget,
    Epochs epochs,
    int removals,
    double maskRatio,
    int batchSize,
    double learningRate,
    double quadraticLrScale,
    boolean baseline,
    long seed,
    List<Transform> trainTransforms,
    List<Transform> evaluationTransforms,
    Function<Layer, Map<String, String>> metadata) {
  /** Checks the numbers. */
  public AutoBuildConfig {
    if (removals < 1) {
      throw new IllegalArgumentException("a round must remove at least 1 unit, not " + removals);
    }
    if (!(maskRatio > 0 && maskRatio <= 1)) {
      throw new IllegalArgumentException(
          "the share of masked channels must be above 0 and at most 1, not " + maskRatio);
    }
    if (batchSize < 1) {
      throw new IllegalArgumentException("a batch needs at least 1 image, not " + batchSize);
    }
    if (!(learningRate > 0 && Double.isFinite(learningRate))) {
      throw new IllegalArgumentException("the learning rate must be above 0, not " + learningRate);
    }
    if (!(quadraticLrScale >= 0 && Double.isFinite(quadraticLrScale))) {
      throw new IllegalArgumentException(
          "the factor of the learning rate of second-order terms must not be negative, but is "
              + quadraticLrScale);
    }
    trainTransforms = List.copyOf(trainTransforms);
    evaluationTransforms = List.copyOf(evaluationTransforms);
  }

  /**
   * Passes over the training images.
   *
   * @param firstOrder before the conversion; 0 for a network that comes trained
   * @param converted after it
   * @param round after each removal
   * @param last with the final architecture
   */
  public record Epochs(int firstOrder, int converted, int round, int last) {
    /** Checks the numbers. */
    public Epochs {
      if (Math.min(Math.min(firstOrder, converted), Math.min(round, last)) < 0) {
        throw new IllegalArgumentException(
            "a number of epochs must not be negative, and is among %d, %d, %d and %d"
                .formatted(firstOrder, converted, round, last));
      }
    }
  }
}
