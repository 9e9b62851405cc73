package org.quadralib.vector.norm;

import static org.quadralib.vector.gemm.Memory.get;
import static org.quadralib.vector.gemm.Memory.load;
import static org.quadralib.vector.gemm.Memory.set;
import static org.quadralib.vector.gemm.Memory.store;

import jdk.incubator.vector.FloatVector;
import org.quadralib.backend.Memory;
import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.loop.Floats;
import org.quadralib.vector.loop.Lanes;
import org.quadralib.vector.parallel.WorkerPool;
import org.quadralib.vector.reduce.Layout;
import org.quadralib.vector.reduce.Reduction;

/** {@code Σ g} and {@code Σ g (x − mean)} per channel. */
final class GradientSums extends Reduction {
  private static final int LANES = Tile.LANES;

  private final long g;
  private final long x;
  private final ChannelPattern pattern;
  private final long gradients;
  private final long products;

  /**
   * Binds memory.
   *
   * @param pattern number 0 of it is the mean
   * @param scratch for two floats per unit
   */
  GradientSums(Memory memory, ChannelPattern pattern, long scratch, WorkerPool pool) {
    super(Layout.channels(memory.in(1).shape()), pool);
    this.pattern = pattern;
    g = Floats.address(memory.in(0));
    x = Floats.address(memory.in(1));
    gradients = scratch;
    products = scratch + 4L * layout.units();
  }

  /** {@code Σ g} of a channel. */
  double gradients(int channel) {
    return total(gradients, channel);
  }

  /** {@code Σ g (x − mean)} of a channel. */
  double products(int channel) {
    return total(products, channel);
  }

  @Override
  protected boolean direct() {
    return true; // the totals are taken one by one
  }

  @Override
  protected void combineUnits(int channel) {}

  @Override
  protected void segments(long first, int rows, int count, int channel, long unit) {
    float mean = get(pattern.address(0) + 4L * channel);
    long step = 4L * layout.columns();
    long sum = gradients + 4 * unit;
    long product = products + 4 * unit;
    segments(g + 4 * first, x + 4 * first, rows, step, count, mean, sum, product);
  }

  @Override
  protected void columns(long first, int depth, int column, int count, long unit) {
    long step = 4L * layout.columns();
    long mean = pattern.address(0) + 4L * column;
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      long at = 4 * (first + i);
      long to = 4 * (unit + i);
      vectorColumns(g + at, x + at, step, depth, mean + 4L * i, gradients + to, products + to);
    }
    for (; i < count; i++) {
      long at = 4 * (first + i);
      long to = 4 * (unit + i);
      column(g + at, x + at, step, depth, mean + 4L * i, gradients + to, products + to);
    }
  }

  private static void segments(
      long g, long x, int rows, long step, int count, float mean, long gradients, long products) {
    FloatVector sum0 = FloatVector.zero(Tile.SPECIES);
    FloatVector sum1 = sum0;
    FloatVector product0 = sum0;
    FloatVector product1 = sum0;
    float sum = 0;
    float product = 0;
    for (int row = 0; row < rows; row++) {
      long from = g + row * step;
      long at = x + row * step;
      int i = 0;
      for (; i <= count - 2 * LANES; i += 2 * LANES) {
        FloatVector g0 = load(from + 4L * i);
        FloatVector g1 = load(from + 4L * i + 4L * LANES);
        sum0 = sum0.add(g0);
        sum1 = sum1.add(g1);
        product0 = load(at + 4L * i).sub(mean).fma(g0, product0);
        product1 = load(at + 4L * i + 4L * LANES).sub(mean).fma(g1, product1);
      }
      for (; i < count; i++) {
        float gradient = get(from + 4L * i);
        sum += gradient;
        product += gradient * (get(at + 4L * i) - mean);
      }
    }
    set(gradients, Lanes.sum(sum0.add(sum1)) + sum);
    set(products, Lanes.sum(product0.add(product1)) + product);
  }

  private static void vectorColumns(
      long g, long x, long step, int depth, long mean, long gradients, long products) {
    FloatVector centre = load(mean);
    FloatVector sum = FloatVector.zero(Tile.SPECIES);
    FloatVector product = sum;
    for (int d = 0; d < depth; d++) {
      FloatVector gradient = load(g + d * step);
      sum = sum.add(gradient);
      product = load(x + d * step).sub(centre).fma(gradient, product);
    }
    store(sum, gradients);
    store(product, products);
  }

  private static void column(
      long g, long x, long step, int depth, long mean, long gradients, long products) {
    float centre = get(mean);
    float sum = 0;
    float product = 0;
    for (int d = 0; d < depth; d++) {
      float gradient = get(g + d * step);
      sum += gradient;
      product += gradient * (get(x + d * step) - centre);
    }
    set(gradients, sum);
    set(products, product);
  }
}
