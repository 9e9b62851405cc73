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

/**
 * Per channel, with {@code h = g ∘ B̂} for A, {@code g ∘ Â} for B and {@code g} for C: {@code Σ h}
 * and {@code Σ h (map − mean)}.
 */
final class QuadraticNormSums extends Reduction {
  /** Sums of a channel: two for each map. */
  static final int COUNT = 6;

  private static final int LANES = Tile.LANES;

  private final long g;
  private final long a;
  private final long b;
  private final long c;
  private final ChannelPattern pattern;
  private final long step; // from number to number
  private final long partials;
  private final long apart; // from sum to sum

  /**
   * Binds memory.
   *
   * @param pattern its first numbers are mean, scale and shift of A and of B, and the mean of C
   * @param scratch for {@link #COUNT} floats per unit
   */
  QuadraticNormSums(Memory memory, ChannelPattern pattern, long scratch, WorkerPool pool) {
    super(Layout.channels(memory.in(0).shape()), pool);
    this.pattern = pattern;
    step = 4L * ChannelPattern.stride(layout);
    g = Floats.address(memory.in(0));
    a = Floats.address(memory.in(1));
    b = Floats.address(memory.in(2));
    c = Floats.address(memory.in(3));
    partials = scratch;
    apart = 4L * layout.units();
  }

  /** {@code Σ h} of a map and channel. */
  double gradients(int map, int channel) {
    return total(partials + 2 * map * apart, channel);
  }

  /** {@code Σ h (map − mean)} of a map and channel. */
  double products(int map, int channel) {
    return total(partials + (2 * map + 1) * apart, channel);
  }

  @Override
  protected boolean direct() {
    return true; // the totals are taken one by one
  }

  @Override
  protected void combineUnits(int channel) {}

  @Override
  protected void segments(long first, int rows, int count, int channel, long unit) {
    long at = 4 * first;
    long row = 4L * layout.columns();
    long number = pattern.address(0) + 4L * channel;
    long to = partials + 4 * unit;
    int whole = count - count % LANES;
    long next = number + 3 * step;
    factor(g + at, a + at, b + at, rows, row, whole, get(number), next, step, to, apart);
    float meanB = get(next);
    factor(g + at, b + at, a + at, rows, row, whole, meanB, number, step, to + 2 * apart, apart);
    addend(g + at, c + at, rows, row, whole, get(number + 6 * step), to + 4 * apart, apart);
    for (int i = 0; whole < count && i < rows; i++) {
      long rest = at + i * row + 4L * whole;
      rest(g + rest, a + rest, b + rest, c + rest, count - whole, 4, number, step, to, apart);
    }
  }

  @Override
  protected void columns(long first, int depth, int column, int count, long unit) {
    long row = 4L * layout.columns();
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      long at = 4 * (first + i);
      long number = pattern.address(0) + 4L * (column + i);
      long to = partials + 4 * (unit + i);
      long next = number + 3 * step;
      factorColumns(g + at, a + at, b + at, row, depth, number, next, step, to, apart);
      factorColumns(g + at, b + at, a + at, row, depth, next, number, step, to + 2 * apart, apart);
      addendColumns(g + at, c + at, row, depth, number + 6 * step, to + 4 * apart, apart);
    }
    for (; i < count; i++) {
      long at = 4 * (first + i);
      long number = pattern.address(0) + 4L * (column + i);
      long to = partials + 4 * (unit + i);
      column(g + at, a + at, b + at, c + at, row, depth, number, step, to, apart);
    }
  }

  // A, B and C one by one: C2 does not inline all of a loop over the three, and what it does not
  // inline allocates vectors.

  /**
   * The sums of A or B.
   *
   * @param other the other one
   * @param number where the mean of the other one is, and then its scale and shift
   */
  private static void factor(
      long g,
      long own,
      long other,
      int rows,
      long row,
      int count,
      float mean,
      long number,
      long step,
      long to,
      long apart) {
    float otherMean = get(number);
    FloatVector scale = FloatVector.broadcast(Tile.SPECIES, get(number + step));
    FloatVector shift = FloatVector.broadcast(Tile.SPECIES, get(number + 2 * step));
    FloatVector sum = FloatVector.zero(Tile.SPECIES);
    FloatVector product = sum;
    for (int r = 0; r < rows; r++) {
      long from = r * row;
      for (int i = 0; i < count; i += LANES) {
        long at = from + 4L * i;
        FloatVector factor = load(other + at).sub(otherMean).fma(scale, shift);
        FloatVector gradient = load(g + at).mul(factor);
        sum = sum.add(gradient);
        product = load(own + at).sub(mean).fma(gradient, product);
      }
    }
    set(to, Lanes.sum(sum));
    set(to + apart, Lanes.sum(product));
  }

  /** The sums of C, whose gradient is g. */
  private static void addend(
      long g, long c, int rows, long row, int count, float mean, long to, long apart) {
    FloatVector sum = FloatVector.zero(Tile.SPECIES);
    FloatVector product = sum;
    for (int r = 0; r < rows; r++) {
      long from = r * row;
      for (int i = 0; i < count; i += LANES) {
        long at = from + 4L * i;
        FloatVector gradient = load(g + at);
        sum = sum.add(gradient);
        product = load(c + at).sub(mean).fma(gradient, product);
      }
    }
    set(to, Lanes.sum(sum));
    set(to + apart, Lanes.sum(product));
  }

  /** Adds single elements, {@code row} bytes apart, to sums. */
  private static void rest(
      long g,
      long a,
      long b,
      long c,
      int count,
      long row,
      long number,
      long step,
      long to,
      long apart) {
    float meanA = get(number);
    float scaleA = get(number + step);
    float shiftA = get(number + 2 * step);
    float meanB = get(number + 3 * step);
    float scaleB = get(number + 4 * step);
    float shiftB = get(number + 5 * step);
    float meanC = get(number + 6 * step);
    for (int i = 0; i < count; i++) {
      float gradient = get(g + row * i);
      float x = get(a + row * i) - meanA;
      float y = get(b + row * i) - meanB;
      float ofA = gradient * Math.fma(y, scaleB, shiftB);
      float ofB = gradient * Math.fma(x, scaleA, shiftA);
      add(to, ofA);
      add(to + apart, x * ofA);
      add(to + 2 * apart, ofB);
      add(to + 3 * apart, y * ofB);
      add(to + 4 * apart, gradient);
      add(to + 5 * apart, (get(c + row * i) - meanC) * gradient);
    }
  }

  private static void add(long to, float value) {
    set(to, get(to) + value);
  }

  private static void factorColumns(
      long g,
      long own,
      long other,
      long row,
      int depth,
      long mean,
      long number,
      long step,
      long to,
      long apart) {
    FloatVector ownMean = load(mean);
    FloatVector otherMean = load(number);
    FloatVector scale = load(number + step);
    FloatVector shift = load(number + 2 * step);
    FloatVector sum = FloatVector.zero(Tile.SPECIES);
    FloatVector product = sum;
    for (int d = 0; d < depth; d++) {
      FloatVector factor = load(other + d * row).sub(otherMean).fma(scale, shift);
      FloatVector gradient = load(g + d * row).mul(factor);
      sum = sum.add(gradient);
      product = load(own + d * row).sub(ownMean).fma(gradient, product);
    }
    store(sum, to);
    store(product, to + apart);
  }

  private static void addendColumns(
      long g, long c, long row, int depth, long mean, long to, long apart) {
    FloatVector centre = load(mean);
    FloatVector sum = FloatVector.zero(Tile.SPECIES);
    FloatVector product = sum;
    for (int d = 0; d < depth; d++) {
      FloatVector gradient = load(g + d * row);
      sum = sum.add(gradient);
      product = load(c + d * row).sub(centre).fma(gradient, product);
    }
    store(sum, to);
    store(product, to + apart);
  }

  private static void column(
      long g,
      long a,
      long b,
      long c,
      long row,
      int depth,
      long number,
      long step,
      long to,
      long apart) {
    for (int sum = 0; sum < COUNT; sum++) {
      set(to + sum * apart, 0);
    }
    rest(g, a, b, c, depth, row, number, step, to, apart);
  }
}
