package org.quadralib.bench.versus;

import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.quadralib.backend.Backend;
import org.quadralib.backend.ExecutionListener;
import org.quadralib.layers.BatchNorm2d;
import org.quadralib.layers.Model;
import org.quadralib.layers.ParameterSpec;
import org.quadralib.optim.Sgd;
import org.quadralib.samples.ComputeOptions;
import org.quadralib.tensor.Tensor;
import org.quadralib.train.EvaluationStep;
import org.quadralib.train.Recipe;
import org.quadralib.train.TrainingStep;

/** The library. What is not asked for is not planned and takes no memory. */
public final class Ours implements Contestant {
  private final Workload workload;
  private final Backend backend;
  private final Model model;
  private @Nullable TrainingStep training;
  private @Nullable EvaluationStep evaluation;
  private @Nullable LayerPasses passes;
  private long step;

  private Ours(Workload workload, Backend backend, Model model) {
    this.workload = workload;
    this.backend = backend;
    this.model = model;
  }

  /** Builds the model, with fresh weights. */
  public static Ours open(Workload workload) {
    Backend backend = ComputeOptions.open(workload.backend(), workload.threads());
    try {
      Model model = Model.create(workload.network(), workload.example(), Workload.SEED);
      return new Ours(workload, backend, model);
    } catch (RuntimeException e) {
      backend.close();
      throw e;
    }
  }

  /**
   * The same, with norms that have the statistics of the batch. With those of a fresh model, means
   * of 0 and variances of 1, deep quadratic networks overflow in evaluation.
   */
  public static Ours calibrated(Workload workload) {
    Ours ours = open(workload);
    try {
      ours.calibrate();
      return ours;
    } catch (RuntimeException e) {
      ours.close();
      throw e;
    }
  }

  private void calibrate() {
    Map<Tensor, float[]> before = new IdentityHashMap<>();
    for (ParameterSpec spec : model.specs()) {
      if (spec.kind() == ParameterSpec.Kind.STATISTIC) {
        Tensor statistic = Objects.requireNonNull(model.parameters().get(spec.name()));
        before.put(statistic, statistic.toFloats());
      }
    }
    training().run(0, 0); // with a learning rate of 0 only the statistics move
    training().executable().fetchState();
    before.forEach(
        (statistic, start) -> {
          for (int i = 0; i < start.length; i++) {
            double moved = statistic.get(i) - start[i];
            statistic.set(i, start[i] + moved / BatchNorm2d.DEFAULT_MOMENTUM);
          }
        });
    training().optimizerState().values().forEach(tensor -> tensor.fill(0));
    training().executable().sendState();
  }

  @Override
  public String name() {
    return "quadralib";
  }

  @Override
  public String description() {
    return "QuadraLib, " + backend.description();
  }

  @Override
  public int threads() {
    return workload.threads();
  }

  /** The model, whose initial weights the peers take over. */
  public Model model() {
    return model;
  }

  /** The backend. */
  public Backend backend() {
    return backend;
  }

  /** How everyone trains; ways of back-propagation are the workload's. */
  public static Recipe recipe() {
    Sgd sgd = new Sgd().momentum(Workload.MOMENTUM).weightDecay(Workload.WEIGHT_DECAY);
    return Recipe.defaults().optimizer(sgd);
  }

  /** The training step, planned at the first call. */
  public TrainingStep training() {
    if (training == null) {
      Recipe recipe = recipe().backprop(workload.ways());
      training = TrainingStep.compile(model, backend, recipe, workload.batch());
      training.input().copyFrom(workload.images());
      int[] labels = workload.labels();
      for (int i = 0; i < labels.length; i++) {
        training.target().setLong(i, labels[i]);
      }
      training.executable().detachState();
    }
    return training;
  }

  /** The evaluation, planned at the first call. */
  public EvaluationStep evaluation() {
    if (evaluation == null) {
      evaluation = EvaluationStep.compile(model, backend, workload.batch());
      evaluation.input().copyFrom(workload.images());
      evaluation.executable().detachState();
    }
    return evaluation;
  }

  private LayerPasses passes() {
    if (passes == null) {
      passes = new LayerPasses(workload, model, backend);
    }
    return passes;
  }

  @Override
  public float[] evaluate() {
    evaluation().executable().sendState();
    evaluation().run();
    return Agreement.sample(evaluation().logits().toFloats());
  }

  @Override
  public Timing infer(int runs) {
    return infer(runs, ExecutionListener.NONE);
  }

  /** Evaluations that are watched. */
  public Timing infer(int runs, ExecutionListener listener) {
    EvaluationStep compiled = evaluation();
    return Timing.measure(runs, () -> compiled.run(listener));
  }

  @Override
  public Timing train(int steps) {
    return train(steps, ExecutionListener.NONE);
  }

  /** Training steps that are watched. */
  public Timing train(int steps, ExecutionListener listener) {
    TrainingStep compiled = training();
    double loss = Double.NaN;
    long start = System.nanoTime();
    for (int i = 0; i < steps; i++) {
      loss = compiled.run(step++, Workload.LEARNING_RATE, listener);
    }
    Timing timing = Timing.of(System.nanoTime() - start, steps, loss);
    compiled.executable().fetchState();
    return timing;
  }

  @Override
  public Timing forward(int runs) {
    return Timing.measure(runs, passes()::forward);
  }

  @Override
  public Timing forwardAndBackward(int runs) {
    return Timing.measure(runs, passes()::forwardAndBackward);
  }

  @Override
  public float[] inputGradient() {
    return Agreement.sample(passes().inputGradient().toFloats());
  }

  @Override
  public void close() {
    if (passes != null) {
      passes.close();
    }
    if (training != null) {
      training.close();
    }
    if (evaluation != null) {
      evaluation.close();
    }
    model.close();
    backend.close();
  }
}
