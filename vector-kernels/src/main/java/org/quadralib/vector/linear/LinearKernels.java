package org.quadralib.vector.linear;

import java.util.Arrays;
import java.util.List;
import org.quadralib.backend.Kernel;
import org.quadralib.backend.Memory;
import org.quadralib.graph.op.Conv2d;
import org.quadralib.graph.op.Conv2dInputGradient;
import org.quadralib.graph.op.Conv2dWeightGradient;
import org.quadralib.graph.op.Dense;
import org.quadralib.graph.op.DenseInputGradient;
import org.quadralib.graph.op.DenseWeightGradient;
import org.quadralib.graph.op.LinearOp;
import org.quadralib.graph.op.Window;
import org.quadralib.plan.Workspace;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;
import org.quadralib.tensor.TensorType;
import org.quadralib.vector.conv.ConvForward;
import org.quadralib.vector.conv.ConvInputGradient;
import org.quadralib.vector.conv.ConvShape;
import org.quadralib.vector.conv.ConvWeightGradient;
import org.quadralib.vector.conv.Winograd;
import org.quadralib.vector.gemm.FloatSpan;
import org.quadralib.vector.gemm.Gemm;
import org.quadralib.vector.gemm.GemmShape;
import org.quadralib.vector.gemm.Join;
import org.quadralib.vector.parallel.WorkerPool;

/** Binds linear operations to the engines for products and convolutions. */
public final class LinearKernels {
  private LinearKernels() {}

  /** Heap panels of an operation on these operands. */
  public static Workspace workspace(
      LinearOp op, List<TensorType> operands, Winograd winograd, int threads) {
    List<Shape> shapes = operands.stream().map(TensorType::shape).toList();
    int floats =
        switch (op) {
          case Dense dense -> new Gemm(product(dense, shapes)).scratchFloats(threads);
          case DenseInputGradient dense -> new Gemm(product(dense, shapes)).scratchFloats(threads);
          case DenseWeightGradient dense -> new Gemm(product(dense, shapes)).scratchFloats(threads);
          case Conv2d conv -> forward(conv, shapes, winograd).scratchFloats(threads);
          case Conv2dInputGradient conv ->
              new ConvInputGradient(convolution(conv, shapes), conv.maps(), winograd)
                  .scratchFloats(threads);
          case Conv2dWeightGradient conv ->
              new ConvWeightGradient(convolution(conv, shapes), conv.maps(), winograd)
                  .scratchFloats(threads);
        };
    return new Workspace(0, List.of(floats));
  }

  /** What the way chosen for an operation is called in listings; empty for dense ones. */
  public static String algorithm(LinearOp op, List<TensorType> operands, Winograd winograd) {
    List<Shape> shapes = operands.stream().map(TensorType::shape).toList();
    return switch (op) {
      case Dense dense -> "";
      case DenseInputGradient dense -> "";
      case DenseWeightGradient dense -> "";
      case Conv2d conv -> forward(conv, shapes, winograd).algorithm();
      case Conv2dInputGradient conv ->
          new ConvInputGradient(convolution(conv, shapes), conv.maps(), winograd).algorithm();
      case Conv2dWeightGradient conv ->
          new ConvWeightGradient(convolution(conv, shapes), conv.maps(), winograd).algorithm();
    };
  }

  /** A kernel bound to its memory. */
  public static Kernel kernel(LinearOp op, Memory memory, Winograd winograd, WorkerPool pool) {
    List<Shape> shapes = memory.inputs().stream().map(Tensor::shape).toList();
    FloatSpan[] in = spans(memory.inputs());
    FloatSpan[] out = spans(memory.outputs());
    int maps = op.maps();
    float[] panel = memory.panels()[0];
    return switch (op) {
      case Dense dense -> {
        Gemm gemm = new Gemm(product(dense, shapes));
        FloatSpan[] x = part(in, 0, 1);
        FloatSpan[] w = part(in, 1, maps);
        FloatSpan[] bias = dense.bias() ? part(in, 1 + maps, maps) : null;
        yield () -> gemm.run(pool, x, w, bias, out, false, panel);
      }
      case DenseInputGradient dense -> {
        Gemm gemm = new Gemm(product(dense, shapes));
        FloatSpan[] g = part(in, 0, maps);
        FloatSpan[] w = part(in, maps, maps);
        yield () -> gemm.run(pool, g, w, null, out, false, panel);
      }
      case DenseWeightGradient dense -> {
        Gemm gemm = new Gemm(product(dense, shapes));
        FloatSpan[] g = part(in, 1, maps);
        FloatSpan[] x = part(in, 0, 1);
        yield () -> gemm.run(pool, g, x, null, out, false, panel);
      }
      case Conv2d conv -> {
        ConvForward forward = forward(conv, shapes, winograd);
        FloatSpan[] w = part(in, 1, maps);
        FloatSpan[] bias = conv.bias() ? part(in, 1 + maps, maps) : null;
        yield () -> forward.run(pool, in[0], w, bias, out, panel);
      }
      case Conv2dInputGradient conv -> {
        ConvInputGradient gradient =
            new ConvInputGradient(convolution(conv, shapes), maps, winograd);
        FloatSpan[] g = part(in, 0, maps);
        FloatSpan[] w = part(in, maps, maps);
        yield () -> gradient.run(pool, g, w, out[0], panel);
      }
      case Conv2dWeightGradient conv -> {
        ConvWeightGradient gradient =
            new ConvWeightGradient(convolution(conv, shapes), maps, winograd);
        FloatSpan[] g = part(in, 1, maps);
        yield () -> gradient.run(pool, in[0], g, out, panel);
      }
    };
  }

  /** {@code y_i = x w_iᵀ}. */
  private static GemmShape product(Dense op, List<Shape> operands) {
    Shape x = operands.get(0);
    int out = operands.get(1).dim(0);
    return GemmShape.of(x.dim(0), out, x.dim(1), false, true, Join.COLUMNS, op.maps());
  }

  /** {@code dx = Σ g_i w_i}. */
  private static GemmShape product(DenseInputGradient op, List<Shape> operands) {
    Shape g = operands.get(0);
    int in = operands.get(op.maps()).dim(1);
    return GemmShape.of(g.dim(0), in, g.dim(1), false, false, Join.DEPTH, op.maps());
  }

  /** {@code dw_i = g_iᵀ x}. */
  private static GemmShape product(DenseWeightGradient op, List<Shape> operands) {
    Shape x = operands.get(0);
    int out = operands.get(1).dim(1);
    return GemmShape.of(out, x.dim(1), x.dim(0), true, false, Join.ROWS, op.maps());
  }

  /** The engine of a convolution. */
  static ConvForward forward(Conv2d op, List<Shape> operands, Winograd winograd) {
    return new ConvForward(shape(op, operands), op.maps(), winograd);
  }

  /** The shape of a convolution. */
  static ConvShape shape(Conv2d op, List<Shape> operands) {
    return convolution(op.window(), op.groups(), operands.get(0), operands.get(1).dim(0));
  }

  private static ConvShape convolution(Conv2dInputGradient op, List<Shape> operands) {
    return convolution(op.window(), op.groups(), op.x(), operands.get(0).dim(1));
  }

  private static ConvShape convolution(Conv2dWeightGradient op, List<Shape> operands) {
    return convolution(op.window(), op.groups(), operands.get(0), operands.get(1).dim(1));
  }

  private static ConvShape convolution(Window window, int groups, Shape x, int filters) {
    return new ConvShape(
        x.dim(0),
        x.dim(1),
        x.dim(2),
        x.dim(3),
        filters,
        window.kernelHeight(),
        window.kernelWidth(),
        window.strideHeight(),
        window.strideWidth(),
        window.paddingHeight(),
        window.paddingWidth(),
        window.dilationHeight(),
        window.dilationWidth(),
        groups);
  }

  static FloatSpan[] spans(List<Tensor> tensors) {
    return tensors.stream().map(t -> FloatSpan.of(t.segment())).toArray(FloatSpan[]::new);
  }

  private static FloatSpan[] part(FloatSpan[] spans, int from, int count) {
    return Arrays.copyOfRange(spans, from, from + count);
  }
}
