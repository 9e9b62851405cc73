package org.quadralib.bench.peer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.internal.NDArrayEx;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs one operation of a program with PyTorch's C++ library. */
final class DjlOps {
  private DjlOps() {}

  /**
   * Runs it.
   *
   * @param x its operands
   * @param w its parameters
   * @param training whether norms use the statistics of the batch and dropout drops
   */
  static NDArray run(PeerOp op, List<NDArray> x, List<NDArray> w, boolean training) {
    NDArray first = x.getFirst();
    NDArrayEx ex = first.getNDArrayInternal();
    return switch (op.op()) {
      case "conv2d" ->
          ex.convolution(
                  first,
                  w.getFirst(),
                  bias(w),
                  shape(op, "stride"),
                  shape(op, "padding"),
                  shape(op, "dilation"),
                  op.number("groups") == 0 // depthwise: a group for each channel
                      ? Math.toIntExact(first.getShape().get(1))
                      : op.number("groups"))
              .singletonOrThrow();
      case "linear" -> ex.linear(first, w.getFirst(), bias(w)).singletonOrThrow();
      case "batch_norm" ->
          ex.batchNorm(
                  first,
                  w.get(0),
                  w.get(1),
                  w.get(2),
                  w.get(3),
                  -1, // the second axis, without swapping any
                  (float) (1 - op.fraction("momentum")), // DJL's is the share that stays
                  (float) op.fraction("epsilon"),
                  training)
              .singletonOrThrow();
      case "add" -> first.add(x.get(1));
      case "mul" -> first.mul(x.get(1));
      case "relu" -> ex.relu();
      case "leaky_relu" -> ex.leakyRelu((float) op.fraction("slope"));
      case "sigmoid" -> ex.sigmoid();
      case "tanh" -> ex.tanh();
      case "gelu" -> ex.gelu();
      case "silu" -> ex.swish(1);
      case "max_pool2d" ->
          ex.maxPool(shape(op, "kernel"), shape(op, "stride"), shape(op, "padding"), false);
      case "avg_pool2d" ->
          ex.avgPool(shape(op, "kernel"), shape(op, "stride"), shape(op, "padding"), false, true);
      case "global_avg_pool2d" -> first.flatten(2, 3).mean(new int[] {2});
      case "flatten" -> first.reshape(first.getShape().get(0), -1);
      case "dropout" -> ex.dropout(first, (float) op.fraction("rate"), training).singletonOrThrow();
      default -> throw new UnsupportedOperationException("DJL has no operation " + op.op());
    };
  }

  private static @Nullable NDArray bias(List<NDArray> w) {
    return w.size() > 1 ? w.get(1) : null;
  }

  private static Shape shape(PeerOp op, String setting) {
    return new Shape(op.pair(setting));
  }
}
