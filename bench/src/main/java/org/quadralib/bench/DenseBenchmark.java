package org.quadralib.bench;

import java.util.concurrent.TimeUnit;
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
import org.quadralib.graph.Value;
import org.quadralib.graph.op.Dense;
import org.quadralib.memory.Category;
import org.quadralib.tensor.TensorType;

/**
 * Square matrix products. {@code flops} is floating-point operations a second (two a
 * multiply-accumulate).
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class DenseBenchmark {
  /** Rows, columns and depth. */
  @Param({"128", "512", "1024"})
  public int size;

  /** Name of the backend. */
  @Param("vector")
  public String backend;

  /** Number of threads. */
  @Param({"1", "2"})
  public int threads;

  private GraphRun run;

  /** Counts the work that was done. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Work {
    /** Floating-point operations. */
    public long flops;
  }

  /** Builds the graph. */
  @Setup(Level.Trial)
  public void setUp() {
    run =
        new GraphRun(
            backend,
            threads,
            graph -> {
              TensorType square = TensorType.float32(size, size);
              Value x = graph.input("x", square);
              Value w = graph.state("w", square, Category.PARAMETER);
              graph.output("y", graph.apply(new Dense(1, false), x, w));
            });
  }

  /** Frees it. */
  @TearDown(Level.Trial)
  public void tearDown() {
    run.close();
  }

  /** One product. */
  @Benchmark
  public void product(Work work) {
    run.run();
    work.flops += 2L * size * size * size;
  }
}
