package org.quadralib.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
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
import org.quadralib.autodiff.Differentiator;
import org.quadralib.graph.GraphBuilder;
import org.quadralib.graph.Ops;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.Conv2d;
import org.quadralib.graph.op.NeuronType;
import org.quadralib.graph.op.Quadratic;
import org.quadralib.graph.op.Window;
import org.quadralib.memory.Category;
import org.quadralib.quadratic.QuadraticForm;
import org.quadralib.tensor.TensorType;

/** A 3×3 convolution of {@code A∘B + C} neurons with normalised branches, batch 32. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class QuadraticConvolutionBenchmark {
  private static final int BATCH = 32;

  /** Channels in and out, and the side of the image. */
  @Param({"64x32", "128x16", "256x8"})
  public String channelsAndSide;

  /** Whether the backward pass recomputes. */
  @Param({"AUTODIFF", "HYBRID"})
  public String backprop;

  /** Name of the backend. */
  @Param("vector")
  public String backend;

  /** Number of threads. */
  @Param({"1", "2"})
  public int threads;

  private GraphRun forward;
  private GraphRun forwardAndBackward;

  /** Builds the graphs. */
  @Setup(Level.Trial)
  public void setUp() {
    forward = new GraphRun(backend, threads, graph -> graph.output("y", layer(graph).getFirst()));
    forwardAndBackward =
        new GraphRun(
            backend,
            threads,
            graph -> {
              List<Value> values = layer(graph);
              Ops ops = new Ops(graph);
              Value loss = ops.mean(ops.square(values.getFirst()));
              List<Value> variables = values.subList(1, values.size());
              Differentiator.gradients(graph, loss, variables)
                  .forEach((variable, gradient) -> graph.output(variable.name(), gradient));
            });
  }

  /** The layer's result, then its operands. */
  private List<Value> layer(GraphBuilder graph) {
    int channels = Integer.parseInt(channelsAndSide.substring(0, channelsAndSide.indexOf('x')));
    int side = Integer.parseInt(channelsAndSide.substring(channelsAndSide.indexOf('x') + 1));
    Conv2d map = new Conv2d(Window.square(3, 1, 1), 1, 1, false);
    Quadratic op = new Quadratic(NeuronType.QUADRA, map, true, OptionalDouble.of(1e-5));
    TensorType vector = TensorType.float32(channels);
    List<Value> operands = new ArrayList<>();
    operands.add(graph.input("x", TensorType.float32(BATCH, channels, side, side)));
    for (int i = 0; i < 3; i++) {
      TensorType weight = TensorType.float32(channels, channels, 3, 3);
      operands.add(graph.state("w" + i, weight, Category.PARAMETER));
    }
    for (int i = 0; i < 9; i++) { // three biases, then γ and β of each branch
      operands.add(graph.state("v" + i, vector, Category.PARAMETER));
    }
    List<Value> results =
        backprop.equals("HYBRID")
            ? graph.applyAll(op, operands)
            : QuadraticForm.trace(graph, op, operands);
    List<Value> values = new ArrayList<>(List.of(results.getFirst()));
    values.addAll(operands);
    return values;
  }

  /** Frees them. */
  @TearDown(Level.Trial)
  public void tearDown() {
    forward.close();
    forwardAndBackward.close();
  }

  /** The forward pass in training. */
  @Benchmark
  public void forward() {
    forward.run();
  }

  /** Forward and backward pass. */
  @Benchmark
  public void forwardAndBackward() {
    forwardAndBackward.run();
  }
}
