package org.quadralib.vector.linear;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quadralib.backend.Kernel;
import org.quadralib.backend.Memory;
import org.quadralib.graph.op.Conv2d;
import org.quadralib.graph.op.Conv2dStatistics;
import org.quadralib.plan.Workspace;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;
import org.quadralib.tensor.TensorType;
import org.quadralib.vector.conv.ConvForward;
import org.quadralib.vector.conv.Winograd;
import org.quadralib.vector.gemm.FloatSpan;
import org.quadralib.vector.norm.StatisticsKernel;
import org.quadralib.vector.parallel.WorkerPool;

/**
 * A convolution and the statistics of its maps: taken on the way, or, where the algorithm does not
 * do that, from the maps when they are complete.
 */
public final class StatisticsConvKernel implements Kernel {
  private final WorkerPool pool;
  private final ConvForward convolution;
  private final FloatSpan x;
  private final FloatSpan[] weights;
  private final FloatSpan @Nullable [] biases;
  private final FloatSpan[] maps;
  private final FloatSpan[] means;
  private final FloatSpan[] variances;
  private final float[] panel;
  private final List<Kernel> statistics = new ArrayList<>();

  /** A kernel bound to its memory. */
  public StatisticsConvKernel(
      Conv2dStatistics op, Memory memory, Winograd winograd, WorkerPool pool) {
    this.pool = pool;
    Conv2d conv = op.convolution();
    int count = conv.maps();
    List<Tensor> in = memory.inputs();
    List<Tensor> out = memory.outputs();
    convolution = convolution(conv, in.stream().map(Tensor::shape).toList(), winograd);
    x = FloatSpan.of(in.getFirst().segment());
    weights = LinearKernels.spans(in.subList(1, 1 + count));
    biases = conv.bias() ? LinearKernels.spans(in.subList(1 + count, 1 + 2 * count)) : null;
    maps = LinearKernels.spans(out.subList(0, count));
    means = new FloatSpan[count];
    variances = new FloatSpan[count];
    panel = memory.panels()[0];
    for (int map = 0; map < count; map++) {
      List<Tensor> results = out.subList(count + 2 * map, count + 2 * map + 2);
      means[map] = FloatSpan.of(results.get(0).segment());
      variances[map] = FloatSpan.of(results.get(1).segment());
      if (!convolution.takesStatistics()) {
        Memory own = new Memory(List.of(out.get(map)), results, memory.scratch(), memory.panels());
        statistics.add(new StatisticsKernel(own, pool));
      }
    }
  }

  /** Panels of the convolution, and scratch memory of statistics that are not taken on the way. */
  public static Workspace workspace(
      Conv2dStatistics op, List<TensorType> operands, Winograd winograd, int threads) {
    List<Shape> shapes = operands.stream().map(TensorType::shape).toList();
    ConvForward convolution = convolution(op.convolution(), shapes, winograd);
    Shape map = op.convolution().infer(operands).getFirst().shape();
    long bytes = convolution.takesStatistics() ? 0 : StatisticsKernel.workspace(map).bytes();
    return new Workspace(bytes, List.of(convolution.scratchFloats(threads)));
  }

  private static ConvForward convolution(Conv2d op, List<Shape> operands, Winograd winograd) {
    return ConvForward.withStatistics(LinearKernels.shape(op, operands), op.maps(), winograd);
  }

  @Override
  public void run() {
    convolution.run(pool, x, weights, biases, maps, panel);
    if (convolution.takesStatistics()) {
      convolution.storeStatistics(pool, means, variances);
    }
    for (int map = 0; map < statistics.size(); map++) { // no iterator: a run allocates nothing
      statistics.get(map).run();
    }
  }
}
