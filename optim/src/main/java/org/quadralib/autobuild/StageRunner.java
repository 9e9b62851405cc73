package org.quadralib.autobuild;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quadralib.architecture.Architecture;
import org.quadralib.backend.Backend;
import org.quadralib.builder.Unit;
import org.quadralib.checkpoint.Weights;
import org.quadralib.data.DataSplits;
import org.quadralib.data.Dataset;
import org.quadralib.io.TensorFile;
import org.quadralib.layers.Layer;
import org.quadralib.layers.Model;
import org.quadralib.loss.CrossEntropy;
import org.quadralib.optim.GradientClipping;
import org.quadralib.optim.ParameterGroup;
import org.quadralib.optim.Schedule;
import org.quadralib.optim.Sgd;
import org.quadralib.tensor.Shape;
import org.quadralib.train.CheckpointPolicy;
import org.quadralib.train.Evaluator;
import org.quadralib.train.Recipe;
import org.quadralib.train.Trainer;
import org.quadralib.train.TrainingConfig;
import org.quadralib.train.TrainingResult;

/** Trains the networks of a build, each in a folder, and remembers what is done. */
final class StageRunner {
  private static final String ARCHITECTURE = "architecture.yaml";
  private static final String WEIGHTS = "weights.safetensors";
  private static final int EVALUATION_BATCH = 64;
  private static final double CLIP = 5;

  private final AutoBuildConfig config;
  private final Backend backend;
  private final DataSplits data;
  private final Path folder;
  private final Shape example;
  private final BuildProgress progress;
  private final Recipe recipe;
  private volatile @Nullable Trainer running;
  private volatile boolean stopped;

  StageRunner(
      AutoBuildConfig config,
      Backend backend,
      DataSplits data,
      Path folder,
      Shape example,
      BuildProgress progress) {
    this.config = config;
    this.backend = backend;
    this.data = data;
    this.folder = folder;
    this.example = example;
    this.progress = progress;
    this.recipe =
        Recipe.defaults()
            .optimizer(new Sgd().weightDecay(5e-4))
            .groups(ParameterGroup.secondOrder(config.quadraticLrScale()))
            .clipping(GradientClipping.byNorm(CLIP));
  }

  /** Puts first weights into a model. */
  @FunctionalInterface
  interface Start {
    /** Returns by how much outputs differ from those of the network before; 0 if not compared. */
    double prepare(Model model) throws IOException;
  }

  /** A network to train. */
  record Task(
      String name,
      Layer network,
      int epochs,
      List<String> removed,
      List<Probe> probes,
      Start start) {
    static Task of(String name, Layer network, int epochs) {
      return new Task(name, network, epochs, List.of(), List.of(), model -> 0);
    }

    Task removed(List<String> units, List<Probe> by) {
      return new Task(name, network, epochs, units, by, start);
    }

    Task start(Start other) {
      return new Task(name, network, epochs, removed, probes, other);
    }

    Task weights(@Nullable Path file) {
      return file == null
          ? this
          : start(
              model -> {
                try (TensorFile weights = TensorFile.open(file)) {
                  model.load(weights.tensors());
                }
                return 0;
              });
    }
  }

  void stop() {
    stopped = true;
    Trainer trainer = running;
    if (trainer != null) {
      trainer.stop();
    }
  }

  /** Trains a network, unless that is done already. */
  Stage run(Task task) throws IOException {
    Path own = folder.resolve(task.name());
    Stage done = StageFile.read(own);
    if (done == null) {
      done = train(task, own);
      StageFile.write(own, done);
      // The state of the training; the weights stay.
      CheckpointPolicy policy = CheckpointPolicy.in(own);
      Files.deleteIfExists(policy.last());
      Files.deleteIfExists(policy.best());
    }
    progress.onStageEnd(done);
    return done;
  }

  private Stage train(Task task, Path own) throws IOException {
    Files.createDirectories(own);
    Cost cost = Cost.of(task.network(), example, recipe, config.batchSize(), backend);
    try (Model model = Model.create(task.network(), example, config.seed())) {
      boolean resumes = Files.exists(CheckpointPolicy.in(own).last());
      double difference = task.start().prepare(model);
      double seconds = 0;
      if (task.epochs() > 0) {
        Trainer trainer = new Trainer(model, backend, training(task, cost, own));
        running = trainer;
        if (stopped) {
          trainer.stop();
        }
        TrainingResult result = resumes ? trainer.resume(data) : trainer.fit(data);
        running = null;
        if (result.status() == TrainingResult.Status.INTERRUPTED) {
          throw new InterruptedBuildException(task.name());
        }
        seconds = result.trainSeconds();
      }
      new Architecture(task.name(), example, task.network()).write(own.resolve(ARCHITECTURE));
      Weights.save(own.resolve(WEIGHTS), model, config.metadata().apply(task.network()));
      return new Stage(
          task.name(),
          task.removed(),
          task.probes(),
          cost,
          task.epochs(),
          accuracy(model, data.validation()),
          accuracy(model, data.test()),
          seconds,
          difference);
    }
  }

  private TrainingConfig training(Task task, Cost cost, Path own) {
    double rate = config.learningRate();
    return TrainingConfig.builder()
        .modelName(task.name())
        .recipe(recipe)
        .schedule(
            horizon ->
                Schedule.cosine(rate, rate / 1000, horizon.steps())
                    .warmUp(Math.max(1, Math.min(horizon.stepsPerEpoch(), horizon.steps() / 10))))
        .epochs(task.epochs())
        .batchSize(config.batchSize())
        .seed(config.seed())
        .trainTransforms(config.trainTransforms())
        .evaluationTransforms(config.evaluationTransforms())
        .checkpoints(CheckpointPolicy.in(own))
        .metadata(config.metadata().apply(task.network()))
        .listener(progress.onStage(task.name(), cost, task.epochs()))
        .build();
  }

  /** Scores the units of the network of a stage that is done. */
  List<Probe> probe(String name, String stage, Layer network, List<Unit> units) throws IOException {
    Stage done = StageFile.read(folder.resolve(name));
    if (done != null) {
      return done.probes();
    }
    if (stopped) {
      throw new InterruptedBuildException(name);
    }
    progress.onProbes(name, units.size());
    try (Model model = load(stage, network);
        Evaluator evaluator = evaluator(model)) {
      return new Prober(
              model,
              config.maskRatio(),
              config.seed(),
              probed -> evaluator.evaluate(data.validation()).accuracy())
          .probe(units);
    }
  }

  /** The model of a stage that is done. */
  Model load(String stage, Layer network) {
    Model model = Model.create(network, example, config.seed());
    try {
      Weights.load(folder.resolve(stage).resolve(WEIGHTS), model);
      return model;
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  private double accuracy(Model model, Dataset images) {
    try (Evaluator evaluator = evaluator(model)) {
      return evaluator.evaluate(images).accuracy();
    }
  }

  private Evaluator evaluator(Model model) {
    return Evaluator.open(
        model, backend, new CrossEntropy(), EVALUATION_BATCH, config.evaluationTransforms());
  }
}
