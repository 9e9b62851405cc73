package org.quadralib.vector;

import java.util.List;
import java.util.Objects;
import org.quadralib.backend.CpuBackend;
import org.quadralib.backend.Kernel;
import org.quadralib.backend.Memory;
import org.quadralib.graph.Node;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.AvgPool2d;
import org.quadralib.graph.op.AvgPool2dGradient;
import org.quadralib.graph.op.BatchNormGradient;
import org.quadralib.graph.op.BatchNormalize;
import org.quadralib.graph.op.BatchStatistics;
import org.quadralib.graph.op.Broadcast;
import org.quadralib.graph.op.Composite;
import org.quadralib.graph.op.Concat;
import org.quadralib.graph.op.Conv2dStatistics;
import org.quadralib.graph.op.CorrectPredictions;
import org.quadralib.graph.op.Dropout;
import org.quadralib.graph.op.Elementwise;
import org.quadralib.graph.op.Fill;
import org.quadralib.graph.op.Fold;
import org.quadralib.graph.op.FusedConv2d;
import org.quadralib.graph.op.FusedNormalize;
import org.quadralib.graph.op.GlobalNorm;
import org.quadralib.graph.op.LinearOp;
import org.quadralib.graph.op.MaxPool2d;
import org.quadralib.graph.op.MaxPool2dGradient;
import org.quadralib.graph.op.NegativeLogLikelihood;
import org.quadralib.graph.op.NegativeLogLikelihoodGradient;
import org.quadralib.graph.op.Op;
import org.quadralib.graph.op.Pad;
import org.quadralib.graph.op.Quadratic;
import org.quadralib.graph.op.QuadraticNormGradient;
import org.quadralib.graph.op.RecomputeGradient;
import org.quadralib.graph.op.Reshape;
import org.quadralib.graph.op.Slice;
import org.quadralib.graph.op.Softmax;
import org.quadralib.graph.op.StateUpdate;
import org.quadralib.graph.op.Sum;
import org.quadralib.graph.op.Transpose;
import org.quadralib.graph.op.Unfold;
import org.quadralib.plan.Workspace;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.TensorType;
import org.quadralib.vector.conv.Winograd;
import org.quadralib.vector.elementwise.ElementwiseKernels;
import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.linear.FusedConvKernel;
import org.quadralib.vector.linear.LinearKernels;
import org.quadralib.vector.linear.StatisticsConvKernel;
import org.quadralib.vector.loss.CorrectPredictionsKernel;
import org.quadralib.vector.loss.LikelihoodGradientKernel;
import org.quadralib.vector.loss.LikelihoodKernel;
import org.quadralib.vector.loss.SoftmaxKernel;
import org.quadralib.vector.movement.BroadcastKernel;
import org.quadralib.vector.movement.FillKernel;
import org.quadralib.vector.movement.FoldKernel;
import org.quadralib.vector.movement.MovementKernels;
import org.quadralib.vector.movement.TransposeKernel;
import org.quadralib.vector.movement.UnfoldKernel;
import org.quadralib.vector.norm.FusedNormalizeKernel;
import org.quadralib.vector.norm.NormGradientKernel;
import org.quadralib.vector.norm.NormalizeKernel;
import org.quadralib.vector.norm.QuadraticNormGradientKernel;
import org.quadralib.vector.norm.StatisticsKernel;
import org.quadralib.vector.parallel.WorkerPool;
import org.quadralib.vector.pool.PoolKernels;
import org.quadralib.vector.reduce.GlobalNormKernel;
import org.quadralib.vector.reduce.SumKernel;

/**
 * Runs plans in float32 with the JDK's Vector API on a fixed number of threads. Results do not
 * depend on that number.
 */
public final class VectorBackend extends CpuBackend {
  private final WorkerPool pool;
  private final Winograd winograd;

  /**
   * Starts the threads.
   *
   * @param threads number of threads that compute, the calling one included; at least 1
   */
  public VectorBackend(int threads) {
    this(threads, Winograd.AUTO);
  }

  /**
   * Starts the threads.
   *
   * @param threads number of threads that compute, the calling one included; at least 1
   * @param winograd whether convolutions may use a Winograd algorithm
   */
  public VectorBackend(int threads, Winograd winograd) {
    this.winograd = Objects.requireNonNull(winograd, "winograd");
    pool = new WorkerPool(threads);
  }

  @Override
  public String name() {
    return VectorBackendProvider.NAME;
  }

  @Override
  public String description() {
    return "vector (JDK Vector API, %d-bit, %d thread%s)"
        .formatted(Tile.SPECIES.vectorBitSize(), pool.threads(), pool.threads() == 1 ? "" : "s");
  }

  @Override
  public String arithmetic() {
    String lanes = "vector, %d-bit".formatted(Tile.SPECIES.vectorBitSize());
    return winograd == Winograd.AUTO ? lanes : lanes + ", winograd " + winograd;
  }

  @Override
  public boolean fuses(Composite op) {
    return switch (op) {
      case Conv2dStatistics conv -> true;
      case FusedConv2d conv -> true;
      case FusedNormalize normalize -> FusedNormalizeKernel.runs(normalize.form());
      case QuadraticNormGradient gradient -> true;
      case Quadratic layer -> false;
      case RecomputeGradient gradient -> false;
    };
  }

  @Override
  public boolean supports(Op op, List<TensorType> operands) {
    return switch (op) {
      case Composite composite when !fuses(composite) -> false;
      case Fill fill -> isFloat(fill.type());
      // Labels and the counter are integers.
      case NegativeLogLikelihood loss -> isFloat(operands.getFirst());
      case NegativeLogLikelihoodGradient loss -> isFloat(operands.getFirst());
      case CorrectPredictions count -> isFloat(operands.getFirst());
      case Dropout dropout -> isFloat(operands.getFirst());
      case Reshape reshape -> true;
      default -> operands.stream().allMatch(VectorBackend::isFloat);
    };
  }

  private static boolean isFloat(TensorType type) {
    return type.dtype() == DType.FLOAT32;
  }

  @Override
  public Workspace workspace(Node node) {
    List<TensorType> operands = node.inputs().stream().map(Value::type).toList();
    if (!supports(node.op(), operands)) {
      return Workspace.NONE; // compiling the plan says so
    }
    int threads = pool.threads();
    Shape x = operands.isEmpty() ? Shape.of() : operands.getFirst().shape();
    return switch (node.op()) {
      case LinearOp op -> LinearKernels.workspace(op, operands, winograd, threads);
      case Elementwise op -> ElementwiseKernels.workspace(op, operands);
      case StateUpdate op -> ElementwiseKernels.workspace(op, operands);
      case AvgPool2dGradient op -> PoolKernels.workspace(op, x, threads);
      case BatchStatistics op -> StatisticsKernel.workspace(x);
      case BatchNormalize op -> NormalizeKernel.workspace(x);
      case BatchNormGradient op -> NormGradientKernel.workspace(x);
      case Sum op -> SumKernel.workspace(op, x);
      case Softmax op -> SoftmaxKernel.workspace(x, threads);
      case Conv2dStatistics op -> StatisticsConvKernel.workspace(op, operands, winograd, threads);
      case FusedConv2d op -> FusedConvKernel.workspace(op, operands, winograd, threads);
      case FusedNormalize op -> FusedNormalizeKernel.workspace(x);
      case QuadraticNormGradient op -> QuadraticNormGradientKernel.workspace(x);
      default -> Workspace.NONE;
    };
  }

  @Override
  public String algorithm(Node node) {
    List<TensorType> operands = node.inputs().stream().map(Value::type).toList();
    return switch (node.op()) {
      case LinearOp op -> LinearKernels.algorithm(op, operands, winograd);
      case Conv2dStatistics op -> LinearKernels.algorithm(op.convolution(), operands, winograd);
      case FusedConv2d op -> LinearKernels.algorithm(op.convolution(), operands, winograd);
      default -> "";
    };
  }

  @Override
  protected Kernel kernel(Node node, Memory memory) {
    return switch (node.op()) {
      case LinearOp op -> LinearKernels.kernel(op, memory, winograd, pool);
      case Elementwise op -> ElementwiseKernels.kernel(op, memory, pool);
      case StateUpdate op -> ElementwiseKernels.kernel(op, memory, pool);
      case Unfold op -> new UnfoldKernel(op, memory, pool);
      case Fold op -> new FoldKernel(op, memory, pool);
      case MaxPool2d op -> PoolKernels.max(op, memory, pool);
      case MaxPool2dGradient op -> PoolKernels.maxGradient(op, memory, pool);
      case AvgPool2d op -> PoolKernels.average(op, memory, pool);
      case AvgPool2dGradient op -> PoolKernels.averageGradient(op, memory, pool);
      case BatchStatistics op -> new StatisticsKernel(memory, pool);
      case BatchNormalize op -> new NormalizeKernel(op, memory, pool);
      case BatchNormGradient op -> new NormGradientKernel(op, memory, pool);
      case Sum op -> new SumKernel(op, memory, pool);
      case Broadcast op -> new BroadcastKernel(memory, pool);
      case Transpose op -> new TransposeKernel(op, memory, pool);
      case Concat op -> MovementKernels.concat(op, memory, pool);
      case Slice op -> MovementKernels.slice(op, memory, pool);
      case Pad op -> MovementKernels.pad(op, memory, pool);
      case Reshape op -> () -> {};
      case Fill op -> new FillKernel(op.value(), memory.out(), pool);
      case Softmax op -> new SoftmaxKernel(op, memory, pool);
      case NegativeLogLikelihood op -> new LikelihoodKernel(op, memory);
      case NegativeLogLikelihoodGradient op -> new LikelihoodGradientKernel(op, memory);
      case CorrectPredictions op -> new CorrectPredictionsKernel(memory);
      case GlobalNorm op -> new GlobalNormKernel(memory, pool);
      case Conv2dStatistics op -> new StatisticsConvKernel(op, memory, winograd, pool);
      case FusedConv2d op -> new FusedConvKernel(op, memory, winograd, pool);
      case FusedNormalize op -> new FusedNormalizeKernel(op, memory, pool);
      case QuadraticNormGradient op -> new QuadraticNormGradientKernel(op, memory, pool);
      case Quadratic op -> throw unsupported(op);
      case RecomputeGradient op -> throw unsupported(op);
    };
  }

  private static UnsupportedOperationException unsupported(Composite op) {
    return new UnsupportedOperationException("the vector backend has no kernel for " + op.name());
  }

  @Override
  public void close() {
    pool.close();
  }
}
