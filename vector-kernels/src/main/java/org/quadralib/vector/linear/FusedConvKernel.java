package org.quadralib.vector.linear;

import java.util.List;
import org.quadralib.backend.Kernel;
import org.quadralib.backend.Memory;
import org.quadralib.graph.op.Conv2d;
import org.quadralib.graph.op.FusedConv2d;
import org.quadralib.graph.op.NormalizedForm;
import org.quadralib.plan.Workspace;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;
import org.quadralib.tensor.TensorType;
import org.quadralib.vector.conv.ConvForward;
import org.quadralib.vector.conv.FormEpilogue;
import org.quadralib.vector.conv.Winograd;
import org.quadralib.vector.gemm.FloatSpan;
import org.quadralib.vector.loop.Floats;
import org.quadralib.vector.norm.FormNumbers;
import org.quadralib.vector.parallel.WorkerPool;

/** A convolution whose maps become one result in its epilogue. */
public final class FusedConvKernel implements Kernel {
  private final WorkerPool pool;
  private final ConvForward convolution;
  private final FloatSpan x;
  private final FloatSpan[] weights;
  private final float[] panel;
  private final FormNumbers numbers;
  private final FormNumbers.Sink sink;
  private final FormEpilogue epilogue;
  private final int channels;

  /** A kernel bound to its memory. */
  public FusedConvKernel(FusedConv2d op, Memory memory, Winograd winograd, WorkerPool pool) {
    this.pool = pool;
    Conv2d conv = op.convolution();
    NormalizedForm form = op.form();
    List<Tensor> in = memory.inputs();
    convolution = LinearKernels.forward(conv, in.stream().map(Tensor::shape).toList(), winograd);
    x = FloatSpan.of(in.getFirst().segment());
    weights = LinearKernels.spans(in.subList(1, 1 + conv.maps()));
    panel = memory.panels()[0];
    channels = memory.out().shape().dim(1);
    List<Tensor> biases = in.subList(1 + conv.maps(), op.convolutionOperands());
    List<Tensor> operands = in.subList(op.convolutionOperands(), in.size());
    numbers = new FormNumbers(form, biases, operands);
    long at = memory.scratch().address();
    sink =
        (number, channel, value) ->
            org.quadralib.vector.gemm.Memory.set(at + 4L * (number * channels + channel), value);
    long addend = form.addend() ? Floats.address(in.getLast()) : 0;
    epilogue =
        new FormEpilogue(
            form.maps(), channels, at, addend, Floats.address(memory.out()), form.relu());
  }

  /** Panels of the convolution, and scratch memory for the numbers of each channel. */
  public static Workspace workspace(
      FusedConv2d op, List<TensorType> operands, Winograd winograd, int threads) {
    List<Shape> shapes = operands.stream().map(TensorType::shape).toList();
    int floats = LinearKernels.forward(op.convolution(), shapes, winograd).scratchFloats(threads);
    int channels = shapes.get(1).dim(0);
    return new Workspace(4L * FormNumbers.COUNT * channels, List.of(floats));
  }

  @Override
  public void run() {
    numbers.compute(channels, sink);
    convolution.run(pool, x, weights, epilogue, panel);
  }
}
