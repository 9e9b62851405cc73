package org.quadralib.samples;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.quadralib.data.Cutout;
import org.quadralib.data.Normalize;
import org.quadralib.data.RandomCrop;
import org.quadralib.data.RandomHorizontalFlip;
import org.quadralib.data.Transform;
import org.quadralib.loss.CrossEntropy;
import org.quadralib.optim.Adadelta;
import org.quadralib.optim.Adam;
import org.quadralib.optim.AdamW;
import org.quadralib.optim.GradientClipping;
import org.quadralib.optim.Optimizer;
import org.quadralib.optim.ParameterGroup;
import org.quadralib.optim.Schedule;
import org.quadralib.optim.Sgd;
import org.quadralib.train.Recipe;
import org.quadralib.train.TrainingConfig;

/** Builds the library's objects from options in which nothing needed is missing. */
final class TrainingSetup {
  private final TrainOptions options;

  TrainingSetup(TrainOptions options) {
    this.options = options;
  }

  /** Everything about the run but where it is saved and who listens. */
  TrainingConfig.Builder config(Normalize normalize, MemoryDecision decision) {
    TrainOptions.Learning learning = options.learning;
    TrainingConfig.Builder config =
        TrainingConfig.builder()
            .modelName(needed(options.source.model))
            .recipe(recipe().backprop(decision.choice()))
            .schedule(schedule())
            .epochs(needed(learning.epochs))
            .batchSize(decision.batch())
            .seed(needed(learning.seed))
            .trainTransforms(trainTransforms(normalize))
            .evaluationTransforms(List.of(normalize));
    if (learning.patience != null) {
      config.patience(learning.patience);
    }
    return config;
  }

  /** Loss, optimizer and clipping. */
  Recipe recipe() {
    TrainOptions.Learning learning = options.learning;
    return Recipe.defaults()
        .loss(new CrossEntropy(needed(learning.labelSmoothing)))
        .optimizer(optimizer())
        .groups(groups())
        .gradientNorms(Boolean.TRUE.equals(learning.gradientHealth))
        .clipping(
            learning.clip == null
                ? GradientClipping.none()
                : GradientClipping.byNorm(learning.clip));
  }

  private List<ParameterGroup> groups() {
    @Nullable Double scale = options.learning.quadraticLrScale;
    return scale == null ? List.of() : ParameterGroup.secondOrder(scale);
  }

  private Optimizer optimizer() {
    TrainOptions.Learning learning = options.learning;
    OptimizerName name = needed(learning.optimizer);
    boolean nesterov = Boolean.TRUE.equals(learning.nesterov);
    if (name != OptimizerName.SGD && (learning.momentum != null || nesterov)) {
      throw new IllegalArgumentException(
          "--momentum and --nesterov belong to --optimizer sgd, not " + EnumNames.of(name));
    }
    double decay = needed(learning.weightDecay);
    return switch (name) {
      case SGD -> new Sgd(needed(learning.momentum), nesterov, decay);
      case ADAM -> new Adam().weightDecay(decay);
      case ADAMW -> new AdamW().weightDecay(decay);
      case ADADELTA -> new Adadelta().weightDecay(decay);
    };
  }

  private Schedule.Factory schedule() {
    TrainOptions.Learning learning = options.learning;
    double rate = needed(learning.lr);
    ScheduleName name = needed(learning.schedule);
    double warmup = learning.warmup == null ? 0 : learning.warmup;
    int epochs = needed(learning.epochs);
    if (!(warmup >= 0 && warmup <= Math.max(1, epochs))) {
      throw new IllegalArgumentException(
          "--warmup must be from 0 to the %d epochs of the run, not %s".formatted(epochs, warmup));
    }
    if (warmup != 0 && name == ScheduleName.ONE_CYCLE) {
      throw new IllegalArgumentException(
          "--schedule one-cycle warms up by itself: leave out --warmup");
    }
    return horizon -> {
      long steps = horizon.steps();
      Schedule schedule =
          switch (name) {
            case CONSTANT -> Schedule.constant(rate);
            case STEP -> Schedule.stepDecay(rate, 0.1, Math.max(1, steps / 3));
            case COSINE -> Schedule.cosine(rate, rate / 1000, steps);
            case ONE_CYCLE -> Schedule.oneCycle(rate, Math.max(2, steps));
          };
      return warmup == 0
          ? schedule
          : schedule.warmUp(Math.max(1, Math.round(warmup * horizon.stepsPerEpoch())));
    };
  }

  private List<Transform> trainTransforms(Normalize normalize) {
    TrainOptions.Augmentation augmentation = options.augmentation;
    List<Transform> transforms = new ArrayList<>();
    int crop = needed(augmentation.crop);
    if (crop != 0) {
      transforms.add(new RandomCrop(crop));
    }
    if (needed(augmentation.flip)) {
      transforms.add(new RandomHorizontalFlip());
    }
    transforms.add(normalize);
    int cutout = needed(augmentation.cutout);
    if (cutout != 0) {
      transforms.add(new Cutout(cutout));
    }
    return transforms;
  }

  /** An option that {@link Defaults} has set if nobody else did. */
  static <T> T needed(@Nullable T option) {
    return Objects.requireNonNull(option, "a default is missing");
  }
}
