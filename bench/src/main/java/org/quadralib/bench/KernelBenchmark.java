package org.quadralib.bench;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.AuxCounters;
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
import org.quadralib.bench.roof.Roofline;
import org.quadralib.bench.roof.Work;
import org.quadralib.graph.GraphBuilder;
import org.quadralib.graph.Ops;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.AvgPool2d;
import org.quadralib.graph.op.BatchNormGradient;
import org.quadralib.graph.op.BatchNormalize;
import org.quadralib.graph.op.BatchStatistics;
import org.quadralib.graph.op.Conv2d;
import org.quadralib.graph.op.Dense;
import org.quadralib.graph.op.MaxPool2d;
import org.quadralib.graph.op.MaxPool2dGradient;
import org.quadralib.graph.op.NegativeLogLikelihood;
import org.quadralib.graph.op.Op;
import org.quadralib.graph.op.SgdUpdate;
import org.quadralib.graph.op.UnaryFunction;
import org.quadralib.graph.op.Window;
import org.quadralib.memory.Category;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.TensorType;

/**
 * One kernel of each family. {@code flops} and {@code bytes} are what it does in a second, {@code
 * percentOfRoof} is its share of what this machine can do at most, measured before.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class KernelBenchmark {
  /** The kernels. */
  public enum Kernel {
    /** 1024×1024×1024. */
    GEMM_SQUARE(graph -> gemm(graph, 1024, 1024, 1024)),
    /** Many rows. */
    GEMM_TALL(graph -> gemm(graph, 32768, 64, 576)),
    /** Many columns. */
    GEMM_WIDE(graph -> gemm(graph, 64, 32768, 576)),
    /** 32×32×32. */
    GEMM_TINY(graph -> gemm(graph, 32, 32, 32)),
    /** 3×3 convolution, 64 to 64 channels. */
    CONV(graph -> apply(graph, CONVOLUTION, input(graph, "x", IMAGES), weight(graph))),
    /** Its gradient in the input. */
    CONV_INPUT_GRADIENT(
        graph ->
            apply(
                graph,
                CONVOLUTION.inputGradient(1, IMAGES.shape()),
                input(graph, "g", IMAGES),
                weight(graph))),
    /** Its gradient in the weights. */
    CONV_WEIGHT_GRADIENT(
        graph ->
            apply(
                graph,
                CONVOLUTION.weightGradient(1, WEIGHT.shape()),
                input(graph, "x", IMAGES),
                input(graph, "g", IMAGES))),
    /** Batch normalisation with the statistics of the batch. */
    BATCH_NORM(
        graph -> {
          Value x = input(graph, "x", IMAGES);
          List<Value> statistics = graph.applyAll(new BatchStatistics(), List.of(x));
          apply(
              graph,
              new BatchNormalize(1e-5, true),
              x,
              statistics.get(0),
              statistics.get(1),
              input(graph, "scale", CHANNELS),
              input(graph, "shift", CHANNELS));
        }),
    /** Its gradient. */
    BATCH_NORM_GRADIENT(
        graph ->
            apply(
                graph,
                new BatchNormGradient(1e-5),
                input(graph, "g", IMAGES),
                input(graph, "x", IMAGES),
                input(graph, "mean", CHANNELS),
                new Ops(graph).square(input(graph, "deviation", CHANNELS)),
                input(graph, "scale", CHANNELS))),
    /** 2×2. */
    MAX_POOL(graph -> apply(graph, new MaxPool2d(HALVES), input(graph, "x", IMAGES))),
    /** Its gradient. */
    MAX_POOL_GRADIENT(
        graph ->
            apply(
                graph,
                new MaxPool2dGradient(HALVES),
                input(graph, "g", TensorType.float32(32, 64, 16, 16)),
                input(graph, "x", IMAGES))),
    /** 2×2. */
    AVG_POOL(graph -> apply(graph, new AvgPool2d(HALVES, true), input(graph, "x", IMAGES))),
    /** {@code max(x, 0)}. */
    RELU(
        graph ->
            graph.output("y", new Ops(graph).unary(UnaryFunction.RELU, input(graph, "x", IMAGES)))),
    /** {@code a b + c}. */
    MUL_ADD(
        graph ->
            graph.output(
                "y",
                new Ops(graph)
                    .mulAdd(
                        input(graph, "a", IMAGES),
                        input(graph, "b", IMAGES),
                        input(graph, "c", IMAGES)))),
    /** Softmax with cross-entropy, 1024 examples of 1000 classes. */
    SOFTMAX_LOSS(
        graph ->
            apply(
                graph,
                new NegativeLogLikelihood(0),
                new Ops(graph).logSoftmax(input(graph, "x", TensorType.float32(1024, 1000))),
                input(graph, "labels", new TensorType(DType.INT32, Shape.of(1024))))),
    /** SGD with momentum and weight decay, 4 Mi parameters. */
    SGD(
        graph -> {
          TensorType type = TensorType.float32(4 << 20);
          graph.apply(
              new SgdUpdate(0.9, 5e-4, false),
              graph.state("w", type, Category.PARAMETER),
              input(graph, "g", type),
              graph.state("v", type, Category.OPTIMIZER),
              input(graph, "rate", TensorType.float32(1)));
        });

    private final Consumer<GraphBuilder> tracing;

    Kernel(Consumer<GraphBuilder> tracing) {
      this.tracing = tracing;
    }
  }

  private static final TensorType IMAGES = TensorType.float32(32, 64, 32, 32);
  private static final TensorType WEIGHT = TensorType.float32(64, 64, 3, 3);
  private static final TensorType CHANNELS = TensorType.float32(64);
  private static final Window HALVES = Window.square(2, 2, 0);
  private static final Conv2d CONVOLUTION = new Conv2d(Window.square(3, 1, 1), 1, 1, false);

  private static Value input(GraphBuilder graph, String name, TensorType type) {
    return graph.input(name, type);
  }

  private static Value weight(GraphBuilder graph) {
    return graph.state("w", WEIGHT, Category.PARAMETER);
  }

  private static void gemm(GraphBuilder graph, int rows, int columns, int depth) {
    Value x = input(graph, "x", TensorType.float32(rows, depth));
    Value w = graph.state("w", TensorType.float32(columns, depth), Category.PARAMETER);
    apply(graph, new Dense(1, false), x, w);
  }

  /** Applies an operation and reads all its results. */
  private static void apply(GraphBuilder graph, Op op, Value... operands) {
    List<Value> results = new ArrayList<>(graph.applyAll(op, List.of(operands)));
    for (int i = 0; i < results.size(); i++) {
      graph.output("y" + i, results.get(i));
    }
  }

  /** The kernel. */
  @Param public Kernel kernel;

  /** Name of the backend. */
  @Param("vector")
  public String backend;

  /** Number of threads. */
  @Param({"1", "2"})
  public int threads;

  private @Nullable GraphRun run;
  private double flops;
  private double bytes;
  private double roofSeconds;

  /** Counts the work that was done. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Counters {
    /** Floating-point operations. */
    public double flops;

    /** Bytes read and written at least. */
    public double bytes;

    /** Hundred times the seconds that the machine would need at least. */
    public double percentOfRoof;
  }

  /** Measures the machine and builds the graph. */
  @Setup(Level.Trial)
  public void setUp() {
    setUp(Roofline.measure(threads));
  }

  void setUp(Roofline roofline) {
    GraphRun started = new GraphRun(backend, threads, kernel.tracing);
    run = started;
    Work work = started.work();
    flops = work.flops();
    bytes = work.bytes();
    roofSeconds = roofline.nanos(work) / 1e9;
  }

  /** Frees it. */
  @TearDown(Level.Trial)
  public void tearDown() {
    requireNonNull(run).close();
  }

  /** One run. */
  @Benchmark
  public void run(Counters counters) {
    requireNonNull(run).run();
    counters.flops += flops;
    counters.bytes += bytes;
    counters.percentOfRoof += 100 * roofSeconds;
  }
}
