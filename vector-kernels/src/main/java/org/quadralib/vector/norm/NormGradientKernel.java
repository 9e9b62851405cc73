package org.quadralib.vector.norm;

import static org.quadralib.vector.gemm.Memory.get;
import static org.quadralib.vector.gemm.Memory.load;
import static org.quadralib.vector.gemm.Memory.set;
import static org.quadralib.vector.gemm.Memory.store;

import java.util.List;
import jdk.incubator.vector.FloatVector;
import org.quadralib.backend.Memory;
import org.quadralib.graph.op.BatchNormGradient;
import org.quadralib.plan.Workspace;
import org.quadralib.tensor.Shape;
import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.loop.Floats;
import org.quadralib.vector.parallel.WorkerPool;
import org.quadralib.vector.reduce.Layout;

/**
 * Derivative of batch normalisation through its statistics. With the sums of {@link GradientSums},
 * {@code dx = scale · (g − offset − (x − mean) · slope)}.
 */
public final class NormGradientKernel extends TwoPassKernel {
  private static final int LANES = Tile.LANES;

  /** Numbers of a channel: mean, scale, offset, slope. */
  private static final int NUMBERS = 4;

  private final double epsilon;
  private final GradientSums sums;
  private final long step; // from number to number
  private final long g;
  private final long x;
  private final long mean;
  private final long variance;
  private final long gamma;
  private final long dx;
  private final long dGamma;
  private final long dBeta;

  /** A kernel bound to its memory. */
  public NormGradientKernel(BatchNormGradient op, Memory memory, WorkerPool pool) {
    super(Layout.channels(memory.in(1).shape()), memory, pool, 1, NUMBERS);
    epsilon = op.epsilon();
    step = 4L * ChannelPattern.stride(layout);
    sums = new GradientSums(memory, pattern, pattern.address(NUMBERS), pool);
    g = Floats.address(memory.in(0));
    x = Floats.address(memory.in(1));
    mean = Floats.address(memory.in(2));
    variance = Floats.address(memory.in(3));
    gamma = Floats.address(memory.in(4));
    dx = Floats.address(memory.out(0));
    dGamma = Floats.address(memory.out(1));
    dBeta = Floats.address(memory.out(2));
  }

  /** Scratch memory for four numbers per channel and two sums per unit. */
  public static Workspace workspace(Shape x) {
    Layout layout = Layout.channels(x);
    long numbers = 4L * NUMBERS * ChannelPattern.stride(layout);
    return new Workspace(numbers + layout.workspace(2).bytes(), List.of());
  }

  @Override
  GradientSums sums() {
    return sums;
  }

  @Override
  void begin(int channel) {
    pattern.set(0, channel, get(mean + 4L * channel));
  }

  @Override
  void finish(int channel) {
    long at = 4L * channel;
    double count = (double) layout.outer() * layout.inner();
    double inverse = 1 / Math.sqrt(get(variance + at) + epsilon);
    double sum = sums.gradients(channel);
    double product = sums.products(channel) * inverse;
    set(dGamma + at, (float) product);
    set(dBeta + at, (float) sum);
    pattern.set(1, channel, (float) (get(gamma + at) * inverse));
    pattern.set(2, channel, (float) (sum / count));
    pattern.set(3, channel, (float) (product * inverse / count));
  }

  @Override
  void plane(long at, int count, long number) {
    float scale = get(number + step);
    float offset = get(number + 2 * step);
    float slope = get(number + 3 * step);
    plane(g + at, x + at, dx + at, count, get(number), scale, offset, slope);
  }

  @Override
  void columns(long at, int count, long number) {
    long scale = number + step;
    columns(g + at, x + at, dx + at, count, number, scale, scale + step, scale + 2 * step);
  }

  private static void plane(
      long g, long x, long dx, int count, float mean, float scale, float offset, float slope) {
    FloatVector slopes = FloatVector.broadcast(Tile.SPECIES, -slope);
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      FloatVector centred = load(x + 4L * i).sub(mean);
      store(centred.fma(slopes, load(g + 4L * i).sub(offset)).mul(scale), dx + 4L * i);
    }
    for (; i < count; i++) {
      float centred = get(x + 4L * i) - mean;
      set(dx + 4L * i, Math.fma(centred, -slope, get(g + 4L * i) - offset) * scale);
    }
  }

  private static void columns(
      long g, long x, long dx, int count, long mean, long scale, long offset, long slope) {
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      FloatVector centred = load(mean + 4L * i).sub(load(x + 4L * i));
      FloatVector gradient = load(g + 4L * i).sub(load(offset + 4L * i));
      FloatVector result = centred.fma(load(slope + 4L * i), gradient);
      store(result.mul(load(scale + 4L * i)), dx + 4L * i);
    }
    for (; i < count; i++) {
      float centred = get(mean + 4L * i) - get(x + 4L * i);
      float gradient = get(g + 4L * i) - get(offset + 4L * i);
      float result = Math.fma(centred, get(slope + 4L * i), gradient);
      set(dx + 4L * i, result * get(scale + 4L * i));
    }
  }
}
