package org.quadralib.bench.versus;

import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
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

/** The library. */
public final class Ours implements Contestant {
  private final Workload workload;
  private final Backend backend;
  private final Model model;
  private final TrainingStep training;
  private final EvaluationStep evaluation;
  private long step;

  /** Builds the model and plans both steps. */
  public Ours(Workload workload) {
    this.workload = workload;
    backend = ComputeOptions.open(workload.backend(), workload.threads());
    try {
      model = Model.create(workload.network(), workload.example(), Workload.SEED);
    } catch (RuntimeException e) {
      backend.close();
      throw e;
    }
    try {
      Recipe recipe =
          Recipe.defaults()
              .optimizer(new Sgd().momentum(Workload.MOMENTUM).weightDecay(Workload.WEIGHT_DECAY))
              .backprop(workload.backprop());
      training = TrainingStep.compile(model, backend, recipe, workload.batch());
      evaluation = EvaluationStep.compile(model, backend, workload.batch());
    } catch (RuntimeException e) {
      model.close();
      backend.close();
      throw e;
    }
    float[] images = workload.images();
    training.input().copyFrom(images);
    evaluation.input().copyFrom(images);
    int[] labels = workload.labels();
    for (int i = 0; i < labels.length; i++) {
      training.target().setLong(i, labels[i]);
    }
    calibrate();
  }

  /**
   * Gives the norms the statistics of the batch. With those of a fresh model, means of 0 and
   * variances of 1, deep quadratic networks overflow in evaluation.
   */
  private void calibrate() {
    Map<Tensor, float[]> before = new IdentityHashMap<>();
    for (ParameterSpec spec : model.specs()) {
      if (spec.kind() == ParameterSpec.Kind.STATISTIC) {
        Tensor statistic = Objects.requireNonNull(model.parameters().get(spec.name()));
        before.put(statistic, statistic.toFloats());
      }
    }
    training.run(0, 0); // with a learning rate of 0 only the statistics move
    before.forEach(
        (statistic, start) -> {
          for (int i = 0; i < start.length; i++) {
            double moved = statistic.get(i) - start[i];
            statistic.set(i, start[i] + moved / BatchNorm2d.DEFAULT_MOMENTUM);
          }
        });
    training.optimizerState().values().forEach(tensor -> tensor.fill(0));
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

  /** The training step, for profilers. */
  public TrainingStep training() {
    return training;
  }

  /** The backend. */
  public Backend backend() {
    return backend;
  }

  /** One step that is watched. */
  public void train(ExecutionListener listener) {
    training.run(step++, Workload.LEARNING_RATE, listener);
  }

  @Override
  public float[] evaluate() {
    evaluation.run();
    return evaluation.logits().toFloats();
  }

  @Override
  public Timing train(int steps) {
    double loss = Double.NaN;
    long start = System.nanoTime();
    for (int i = 0; i < steps; i++) {
      loss = training.run(step++, Workload.LEARNING_RATE);
    }
    return Timing.of(System.nanoTime() - start, steps, loss);
  }

  @Override
  public Timing infer(int runs) {
    long start = System.nanoTime();
    for (int i = 0; i < runs; i++) {
      evaluation.run();
    }
    return Timing.of(System.nanoTime() - start, runs, Double.NaN);
  }

  @Override
  public void close() {
    training.close();
    evaluation.close();
    model.close();
    backend.close();
  }
}
