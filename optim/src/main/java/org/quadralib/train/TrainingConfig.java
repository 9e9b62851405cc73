package org.quadralib.train;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import org.quadralib.data.Transform;
import org.quadralib.optim.Schedule;

/**
 * Everything about a run but the model, the backend and the data.
 *
 * @param modelName written into checkpoints, so that a wrong one is recognised
 * @param recipe loss, optimizer, clipping, back-propagation
 * @param schedule made once the number of steps is known
 * @param epochs passes over the training set
 * @param batchSize examples in a step. An incomplete last batch is left out of training, because it
 *     would need another plan and other statistics; the order changes each epoch, so every example
 *     has its turn
 * @param evaluationBatchSize examples evaluated at once
 * @param seed of the order of examples, augmentation and dropout
 * @param trainTransforms normalisation and augmentation of training images
 * @param evaluationTransforms normalisation of images evaluated
 * @param patience epochs without a better validation after which to stop; empty never to stop
 * @param loaderThreads threads that prepare batches
 * @param metadata free text by key that goes into every file the run saves, for example what is
 *     needed to use the weights: class names, normalisation
 */
public record TrainingConfig(
    String modelName,
    Recipe recipe,
    Schedule.Factory schedule,
    int epochs,
    int batchSize,
    int evaluationBatchSize,
    long seed,
    List<Transform> trainTransforms,
    List<Transform> evaluationTransforms,
    Optional<CheckpointPolicy> checkpoints,
    OptionalInt patience,
    int loaderThreads,
    Map<String, String> metadata,
    List<TrainingListener> listeners) {
  /** Checks the numbers and copies the collections. */
  public TrainingConfig {
    atLeastOne("epochs", epochs);
    atLeastOne("batch size", batchSize);
    atLeastOne("evaluation batch size", evaluationBatchSize);
    atLeastOne("number of loader threads", loaderThreads);
    patience.ifPresent(value -> atLeastOne("patience", value));
    trainTransforms = List.copyOf(trainTransforms);
    evaluationTransforms = List.copyOf(evaluationTransforms);
    // Not Map.copyOf, which forgets the order: the same run writes the same file.
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    listeners = List.copyOf(listeners);
  }

  private static void atLeastOne(String what, int value) {
    if (value < 1) {
      throw new IllegalArgumentException("the " + what + " must be at least 1, but is " + value);
    }
  }

  /** Starts with SGD at a constant rate of 0.1, 10 epochs, batches of 64, seed 0. */
  public static Builder builder() {
    return new Builder();
  }

  /** Collects a {@link TrainingConfig}. */
  public static final class Builder {
    private String modelName = "";
    private Recipe recipe = Recipe.defaults();
    private Schedule.Factory schedule = horizon -> Schedule.constant(0.1);
    private int epochs = 10;
    private int batchSize = 64;
    private OptionalInt evaluationBatchSize = OptionalInt.empty();
    private long seed;
    private List<Transform> trainTransforms = List.of();
    private List<Transform> evaluationTransforms = List.of();
    private Optional<CheckpointPolicy> checkpoints = Optional.empty();
    private OptionalInt patience = OptionalInt.empty();
    private int loaderThreads = 1;
    private Map<String, String> metadata = Map.of();
    private final List<TrainingListener> listeners = new ArrayList<>();

    private Builder() {}

    /** Name of the model, for checkpoints. */
    public Builder modelName(String value) {
      modelName = value;
      return this;
    }

    /** Loss, optimizer, clipping, back-propagation. The seed is that of the run. */
    public Builder recipe(Recipe value) {
      recipe = value;
      return this;
    }

    /** A change of the recipe so far: {@code recipe(r -> r.optimizer(new Adam()))}. */
    public Builder recipe(UnaryOperator<Recipe> change) {
      return recipe(change.apply(recipe));
    }

    /** The learning rate: {@code schedule(run -> Schedule.cosine(0.1, 1e-4, run.steps()))}. */
    public Builder schedule(Schedule.Factory value) {
      schedule = value;
      return this;
    }

    /** Passes over the training set. */
    public Builder epochs(int value) {
      epochs = value;
      return this;
    }

    /** Examples in a step. */
    public Builder batchSize(int value) {
      batchSize = value;
      return this;
    }

    /** Examples evaluated at once; if not said, as many as in a step. */
    public Builder evaluationBatchSize(int value) {
      evaluationBatchSize = OptionalInt.of(value);
      return this;
    }

    /** Seed of the order of examples, augmentation and dropout. */
    public Builder seed(long value) {
      seed = value;
      return this;
    }

    /** What is done to training images. */
    public Builder trainTransforms(List<Transform> value) {
      trainTransforms = value;
      return this;
    }

    /** What is done to images that are evaluated. */
    public Builder evaluationTransforms(List<Transform> value) {
      evaluationTransforms = value;
      return this;
    }

    /** Where and how often to save; not at all if not said. */
    public Builder checkpoints(CheckpointPolicy value) {
      checkpoints = Optional.of(value);
      return this;
    }

    /** Stops after so many epochs without a better validation. */
    public Builder patience(int epochsWithoutImprovement) {
      patience = OptionalInt.of(epochsWithoutImprovement);
      return this;
    }

    /** Threads that prepare batches. */
    public Builder loaderThreads(int value) {
      loaderThreads = value;
      return this;
    }

    /** Free text for every file the run saves. */
    public Builder metadata(Map<String, String> value) {
      metadata = value;
      return this;
    }

    /** One more listener. */
    public Builder listener(TrainingListener value) {
      listeners.add(value);
      return this;
    }

    /** The finished configuration. */
    public TrainingConfig build() {
      return new TrainingConfig(
          modelName,
          recipe.seed(seed),
          schedule,
          epochs,
          batchSize,
          evaluationBatchSize.orElse(batchSize),
          seed,
          trainTransforms,
          evaluationTransforms,
          checkpoints,
          patience,
          loaderThreads,
          metadata,
          listeners);
    }
  }
}
