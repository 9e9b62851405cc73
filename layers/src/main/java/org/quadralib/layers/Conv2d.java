package org.quadralib.layers;

import java.util.Set;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.Window;
import org.quadralib.tensor.Shape;

/**
 * Two-dimensional convolution: {@code [n, c, h, w]} to {@code [n, out, oh, ow]}. State: {@code
 * weight [out, c/groups, kh, kw]}, {@code bias [out]}. Immutable; the methods give changed copies.
 *
 * @param groups number of groups, or {@link #DEPTHWISE}
 */
public record Conv2d(int out, Window window, int groups, boolean bias, Initializer initializer)
    implements Layer {
  /** As many groups as there are input channels. */
  public static final int DEPTHWISE = 0;

  private static final Set<Backprop> WAYS = Set.of(Backprop.AUTODIFF, Backprop.BLOCK);

  /** Checks the numbers. */
  public Conv2d {
    Layers.requirePositive("Conv2d", "out", out);
    Layers.requireGroups("Conv2d", groups);
  }

  /** A square kernel with stride 1, no padding, with bias, Kaiming's initialisation. */
  public Conv2d(int out, int kernel) {
    this(out, Window.square(kernel, 1, 0), 1, true, Initializer.kaimingNormal());
  }

  /** With another stride. */
  public Conv2d stride(int stride) {
    return window(Windows.stride(window, stride));
  }

  /** With zeros around the image. */
  public Conv2d padding(int padding) {
    return window(Windows.padding(window, padding));
  }

  /** With gaps between the taps. */
  public Conv2d dilation(int dilation) {
    return window(Windows.dilation(window, dilation));
  }

  /** With another window. */
  public Conv2d window(Window other) {
    return new Conv2d(out, other, groups, bias, initializer);
  }

  /** With channels in groups; {@link #DEPTHWISE} for one group a channel. */
  public Conv2d groups(int other) {
    return new Conv2d(out, window, other, bias, initializer);
  }

  /** With or without bias. */
  public Conv2d bias(boolean other) {
    return new Conv2d(out, window, groups, other, initializer);
  }

  /** Differently initialised. */
  public Conv2d initializer(Initializer other) {
    return new Conv2d(out, window, groups, bias, other);
  }

  @Override
  public Value trace(Trace trace, Value x) {
    Layers.requireRank(trace, "Conv2d", x, 4, "[batch, channels, height, width]");
    int channels = x.shape().dim(1);
    int count = groups == DEPTHWISE ? channels : groups;
    Shape shape = Shape.of(out, channels / count, window.kernelHeight(), window.kernelWidth());
    Value weight = trace.weight("weight", shape, initializer);
    var op = new org.quadralib.graph.op.Conv2d(window, count, 1, bias);
    Value[] operands =
        bias ? new Value[] {x, weight, trace.bias("bias", out)} : new Value[] {x, weight};
    return trace.backprop(WAYS) == Backprop.BLOCK
        ? trace.recomputing(() -> trace.graph().apply(op, operands))
        : trace.graph().apply(op, operands);
  }
}
