package org.quadralib.bench;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.quadralib.backend.Backend;
import org.quadralib.backend.Backends;
import org.quadralib.layers.Backprop;
import org.quadralib.layers.Model;
import org.quadralib.models.Models;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;
import org.quadralib.train.EvaluationStep;
import org.quadralib.train.Recipe;
import org.quadralib.train.TrainingStep;

/** Training steps and inference of whole models on 32×32 images. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
public class TrainingStepBenchmark {
  /** Name of the model and size of the batch. */
  @Param({"qresnet14:64", "qvgg7:32", "resnet32:64", "vgg16:32"})
  public String modelAndBatch;

  /** How quadratic layers are differentiated. */
  @Param({"AUTODIFF", "HYBRID"})
  public Backprop backprop;

  /** Name of the backend. */
  @Param("vector")
  public String backend;

  /** Number of threads. */
  @Param("2")
  public int threads;

  private Backend opened;
  private Model model;
  private TrainingStep training;
  private EvaluationStep evaluation;
  private long step;

  /** Builds the model and both steps. */
  @Setup(Level.Trial)
  public void setUp() {
    String[] parts = modelAndBatch.split(":", 2);
    int batch = Integer.parseInt(parts[1]);
    opened = Backends.named(backend, threads);
    model = Model.create(Models.named(parts[0]).build(10), Shape.of(3, 32, 32), 1);
    Random random = new Random(2);
    training = TrainingStep.compile(model, opened, Recipe.defaults().backprop(backprop), batch);
    evaluation = EvaluationStep.compile(model, opened, batch);
    fill(training.input(), random);
    fill(evaluation.input(), random);
    for (int i = 0; i < batch; i++) {
      training.target().setLong(i, random.nextInt(10));
    }
  }

  private static void fill(Tensor images, Random random) {
    for (long i = 0; i < images.elements(); i++) {
      images.set(i, random.nextGaussian());
    }
  }

  /** Frees them. */
  @TearDown(Level.Trial)
  public void tearDown() {
    training.close();
    evaluation.close();
    model.close();
    opened.close();
  }

  /** One step of SGD. */
  @Benchmark
  public double train() {
    return training.run(step++, 0.01);
  }

  /** One batch in evaluation mode. */
  @Benchmark
  public void infer() {
    evaluation.run();
  }
}
