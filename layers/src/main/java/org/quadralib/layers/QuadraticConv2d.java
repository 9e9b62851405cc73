package org.quadralib.layers;

import java.util.Optional;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.NeuronType;
import org.quadralib.graph.op.Window;

/**
 * Convolution of quadratic neurons: {@code [n, c, h, w]} to {@code [n, out, oh, ow]}. State: {@code
 * conv1} for the map A, {@code conv2} for B, {@code conv3} for C, {@code conv4} for the map of
 * {@code x²}, each with {@code weight [out, c/groups, kh, kw]} and {@code bias [out]}; {@code
 * form.weight [out, n, n]} for the full form; with branch normalisation {@code bn1 … bn3} as {@link
 * BatchNorm2d}. Immutable; the methods give changed copies.
 *
 * @param groups number of groups, or {@link Conv2d#DEPTHWISE}
 * @param backprop how it is differentiated; empty to follow the run's choice
 * @param start where training starts; {@link QuadraticStart#RELINEAR} is first-order
 */
public record QuadraticConv2d(
    int out,
    Window window,
    int groups,
    NeuronType neuron,
    boolean bias,
    boolean branchNorm,
    Initializer initializer,
    Optional<Backprop> backprop,
    QuadraticStart start)
    implements Layer {
  /** Checks the numbers, and that the neurons can start so. */
  public QuadraticConv2d {
    Layers.requirePositive("QuadraticConv2d", "out", out);
    Layers.requireGroups("QuadraticConv2d", groups);
    start.require(neuron, bias, branchNorm);
  }

  /** A square kernel with stride 1, no padding, neurons {@code A∘B + C} with bias. */
  public QuadraticConv2d(int out, int kernel) {
    this(
        out,
        Window.square(kernel, 1, 0),
        1,
        NeuronType.QUADRA,
        true,
        false,
        Initializer.kaimingNormal(),
        Optional.empty(),
        QuadraticStart.RANDOM);
  }

  /** With another type of neuron. */
  public QuadraticConv2d neuron(NeuronType other) {
    return new QuadraticConv2d(
        out, window, groups, other, bias, branchNorm, initializer, backprop, start);
  }

  /** With another stride. */
  public QuadraticConv2d stride(int stride) {
    return window(Windows.stride(window, stride));
  }

  /** With zeros around the image. */
  public QuadraticConv2d padding(int padding) {
    return window(Windows.padding(window, padding));
  }

  /** With gaps between the taps. */
  public QuadraticConv2d dilation(int dilation) {
    return window(Windows.dilation(window, dilation));
  }

  /** With another window. */
  public QuadraticConv2d window(Window other) {
    return new QuadraticConv2d(
        out, other, groups, neuron, bias, branchNorm, initializer, backprop, start);
  }

  /** With channels in groups; {@link Conv2d#DEPTHWISE} for one group a channel. */
  public QuadraticConv2d groups(int other) {
    return new QuadraticConv2d(
        out, window, other, neuron, bias, branchNorm, initializer, backprop, start);
  }

  /** With or without biases. */
  public QuadraticConv2d bias(boolean other) {
    return new QuadraticConv2d(
        out, window, groups, neuron, other, branchNorm, initializer, backprop, start);
  }

  /** With each branch normalised: {@code BN(A)∘BN(B) + BN(C)}. */
  public QuadraticConv2d branchNorm(boolean other) {
    return new QuadraticConv2d(
        out, window, groups, neuron, bias, other, initializer, backprop, start);
  }

  /** Differently initialised. */
  public QuadraticConv2d initializer(Initializer other) {
    return new QuadraticConv2d(
        out, window, groups, neuron, bias, branchNorm, other, backprop, start);
  }

  /** Differentiated in this way whatever the run's choice. */
  public QuadraticConv2d backprop(Backprop choice) {
    return new QuadraticConv2d(
        out, window, groups, neuron, bias, branchNorm, initializer, Optional.of(choice), start);
  }

  /** Starting so: first-order, or with random quadratic terms. */
  public QuadraticConv2d start(QuadraticStart other) {
    return new QuadraticConv2d(
        out, window, groups, neuron, bias, branchNorm, initializer, backprop, other);
  }

  @Override
  public Value trace(Trace trace, Value x) {
    Layers.requireRank(trace, "QuadraticConv2d", x, 4, "[batch, channels, height, width]");
    int count = groups == Conv2d.DEPTHWISE ? x.shape().dim(1) : groups;
    var map = new org.quadralib.graph.op.Conv2d(window, count, 1, false);
    return new QuadraticLayer(
            neuron, map, out, bias, branchNorm, initializer, backprop, start, "conv")
        .trace(trace, x);
  }
}
