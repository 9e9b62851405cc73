package org.quadralib.train;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.quadralib.backend.Backend;
import org.quadralib.backend.ExecutionListener;
import org.quadralib.checkpoint.CheckpointException;
import org.quadralib.checkpoint.RunLock;
import org.quadralib.data.Batch;
import org.quadralib.data.BatchStream;
import org.quadralib.data.DataSplits;
import org.quadralib.layers.Model;
import org.quadralib.optim.Schedule;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;
import org.quadralib.tensor.TensorType;
import org.quadralib.train.TrainingResult.Status;

/** One run of a {@link Trainer}: everything it holds, and its loop. */
final class TrainingRun implements AutoCloseable {
  private final Model model;
  private final TrainingConfig config;
  private final DataSplits data;
  private final BooleanSupplier stopped;
  private final RunResources resources;
  private final Schedule schedule;
  private final int stepsPerEpoch;
  private final Optional<RunStore> store;
  private final BestWeights best;
  private final Pace pace;
  private @Nullable RunLock lock;
  private RunState state = new RunState();
  private long lastSave = System.nanoTime();

  private TrainingRun(
      Model model,
      Backend backend,
      TrainingConfig config,
      DataSplits data,
      BooleanSupplier stopped,
      RunResources resources) {
    this.model = model;
    this.config = config;
    this.data = data;
    this.stopped = stopped;
    this.resources = resources;
    this.stepsPerEpoch = resources.loader().batchesPerEpoch();
    this.schedule = config.schedule().create(new Schedule.Horizon(config.epochs(), stepsPerEpoch));
    this.store =
        config
            .checkpoints()
            .map(
                policy ->
                    new RunStore(
                        policy,
                        RunIdentity.of(model, backend, config, schedule, data),
                        config.metadata()));
    this.best = store.isPresent() ? store.get() : new BestWeights.InMemory(resources.arena());
    this.pace = new Pace(config.epochs(), stepsPerEpoch, config.batchSize());
  }

  /** Checks that everything fits together and allocates all a run needs. */
  static TrainingRun prepare(
      Model model,
      Backend backend,
      TrainingConfig config,
      DataSplits data,
      BooleanSupplier stopped) {
    RunChecks.check(model, config, data);
    RunResources resources = RunResources.open(model, backend, config, data);
    try {
      return new TrainingRun(model, backend, config, data, stopped, resources);
    } catch (RuntimeException e) {
      resources.close();
      throw e;
    }
  }

  TrainingResult fit() {
    if (store.isPresent()) {
      lock = store.get().createNew();
    }
    announce();
    save();
    return run();
  }

  TrainingResult resume() {
    RunStore from =
        store.orElseThrow(
            () -> new CheckpointException("no folder of checkpoints is set to resume from"));
    lock = from.reopen();
    state = from.load(model, resources.step().optimizerState());
    if (state.step > stepsPerEpoch) {
      throw new CheckpointException(
          "%s is at step %d of an epoch that has %d steps here; use the data it was written with"
              .formatted(config.checkpoints().orElseThrow().last(), state.step, stepsPerEpoch));
    }
    announce();
    return run();
  }

  private TrainingResult run() {
    resources.step().executable().detachState();
    Status status = Status.COMPLETED;
    while (state.epoch < config.epochs()) {
      if (patienceIsOver()) {
        status = Status.EARLY_STOPPED;
        break;
      }
      if (!trainEpoch() || !finishEpoch()) {
        return interrupted();
      }
    }
    if (state.bestEpoch().isPresent()) {
      best.restore(model);
    }
    Optional<Evaluation> test =
        resources.evaluator().evaluate(data.test(), stopped, hearing(TrainingListener::onTest));
    return test.isPresent() ? finished(status, test) : interrupted();
  }

  private void announce() {
    long bytes =
        resources.step().predictedPeakBytes()
            + resources.evaluator().restingBytes()
            + resources.loader().bufferBytes()
            + data.heldBytes()
            + (data.hasValidation() ? best.bytes(model) : 0);
    // Listeners are not asked during an evaluation.
    long listeners =
        config.listeners().stream().mapToLong(l -> l.plannedBytes(data)).max().orElse(0);
    bytes += Math.max(resources.evaluator().batchBytes(), listeners);
    TrainingStart start =
        new TrainingStart(
            config.epochs(),
            stepsPerEpoch,
            state.epoch,
            state.step,
            data.train().size(),
            resources.step().plan(),
            bytes);
    notifyAll(listener -> listener.onStart(start));
  }

  private boolean patienceIsOver() {
    return config.patience().isPresent()
        && state.epochsWithoutImprovement() >= config.patience().getAsInt();
  }

  /** Trains the rest of an epoch; false if the run is to stop. */
  private boolean trainEpoch() {
    if (state.step == stepsPerEpoch) {
      return !stopped.getAsBoolean();
    }
    notifyAll(listener -> listener.onEpochStart(state.epoch));
    TensorType labelType = new TensorType(DType.INT32, Shape.of(config.batchSize()));
    pace.start();
    try (BatchStream batches = resources.loader().epoch(state.epoch, state.step)) {
      while (batches.hasNext()) {
        if (stopped.getAsBoolean()) {
          return false;
        }
        trainStep(batches.next(), labelType);
      }
    }
    return true;
  }

  private void trainStep(Batch batch, TensorType labelType) {
    TrainingStep step = resources.step();
    step.setBatch(batch.paddedImages(), batch.paddedLabels());
    state.learningRate = schedule.learningRate(state.globalStep);
    ExecutionListener watching =
        ExecutionListener.all(
            hearing(
                listener ->
                    listener.watch(state.epoch, state.step, stepsPerEpoch, step.executable())));
    double loss = step.run(state.globalStep, state.learningRate, watching);
    if (config.recipe().gradientNorms() && !config.listeners().isEmpty()) {
      List<GradientNorm> norms = step.gradientNorms();
      notifyAll(listener -> listener.onGradientNorms(state.epoch, norms));
    }
    if (!Double.isFinite(loss)) {
      throw diverged("the loss became " + loss);
    }
    state.loss.add(loss, batch.count());
    Tensor labels = new Tensor(labelType, batch.paddedLabels());
    state.accuracy.add(step.correct(labels), batch.count());
    state.step++;
    state.globalStep++;
    state.epochSeconds += pace.step();
    if (!config.listeners().isEmpty()) {
      StepProgress progress = pace.progress(state, loss);
      notifyAll(listener -> listener.onStep(progress));
    }
    if (isTimeToSave()) {
      save();
      pace.start();
    }
  }

  private boolean isTimeToSave() {
    if (config.checkpoints().isEmpty() || state.step == stepsPerEpoch) {
      return false;
    }
    CheckpointPolicy policy = config.checkpoints().get();
    return (policy.everySteps() > 0 && state.step % policy.everySteps() == 0)
        || (policy.every().isPresent()
            && System.nanoTime() - lastSave >= policy.every().get().toNanos());
  }

  /** Validates, selects and saves; false if the run is to stop. */
  private boolean finishEpoch() {
    resources.step().executable().fetchState();
    requireFiniteWeights();
    Optional<Scores> validation = Optional.empty();
    if (data.hasValidation()) {
      long start = System.nanoTime();
      validation =
          resources
              .evaluator()
              .evaluate(
                  data.validation(),
                  stopped,
                  hearing(listener -> listener.onValidation(state.epoch)))
              .map(Evaluation::scores);
      if (validation.isEmpty()) {
        return false;
      }
      pace.evaluated(System.nanoTime() - start);
    }
    EpochResult result = state.finishEpoch(validation);
    if (result.best()) {
      best.keep(model, result);
    }
    notifyAll(listener -> listener.onEpochEnd(result));
    write();
    return true;
  }

  private void save() {
    if (store.isPresent()) {
      resources.step().executable().fetchState();
      requireFiniteWeights();
      write();
    }
  }

  private void write() {
    if (store.isEmpty()) {
      return;
    }
    store.get().save(model, resources.step().optimizerState(), state);
    lastSave = System.nanoTime();
    notifyAll(listener -> listener.onCheckpoint(config.checkpoints().orElseThrow().last()));
  }

  /** A checkpoint of weights that are no numbers would take the place of a good one. */
  private void requireFiniteWeights() {
    for (Map.Entry<String, Tensor> entry : model.parameters().entrySet()) {
      Tensor tensor = entry.getValue();
      for (long i = 0; i < tensor.elements(); i++) {
        if (!Double.isFinite(tensor.get(i))) {
          throw diverged("the parameter '%s' became %s".formatted(entry.getKey(), tensor.get(i)));
        }
      }
    }
  }

  private DivergenceException diverged(String what) {
    String kept =
        config.checkpoints().map(policy -> "; " + policy.last() + " is from before").orElse("");
    return new DivergenceException(what, state.epoch, state.globalStep, state.learningRate, kept);
  }

  private TrainingResult interrupted() {
    // Selected weights are in the model only while the test runs, after the last checkpoint.
    if (state.epoch < config.epochs() && !patienceIsOver()) {
      resources.step().executable().fetchState();
      save();
    }
    return finished(Status.INTERRUPTED, Optional.empty());
  }

  private TrainingResult finished(Status status, Optional<Evaluation> test) {
    TrainingResult result =
        new TrainingResult(
            status, state.history, state.bestEpoch(), test, state.globalStep, state.trainSeconds());
    resources.close(); // what listeners now need shall not come on top
    notifyAll(listener -> listener.onFinish(result));
    return result;
  }

  private <T> List<T> hearing(Function<TrainingListener, T> question) {
    return config.listeners().stream().map(question).toList();
  }

  private void notifyAll(Consumer<TrainingListener> event) {
    config.listeners().forEach(event);
  }

  @Override
  public void close() {
    try (RunLock _ = lock) {
      resources.close();
    }
  }
}
