package org.quadralib.vector.pool;

import static org.quadralib.vector.gemm.Memory.load;
import static org.quadralib.vector.gemm.Memory.store;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import org.quadralib.vector.gemm.Tile;

/**
 * Pooling of 2×2 pixels with stride 2 in images whose rows fill a vector or a power of two of them
 * do. Pixels and results of all images are walked as one run, four vectors of pixels for one of
 * results. Where a vector holds upper and lower rows, these are taken apart as {@link Pairs} takes
 * columns apart: by an exchange of neighbouring rows between two vectors.
 */
final class ShortRows {
  private static final int LANES = Tile.LANES;

  // By width of a row. Constants, and so one method for each width, or they are not compiled
  // inline.
  private static final VectorShuffle<Float> SWAP2 = Exchange.swap(2);
  private static final VectorShuffle<Float> SWAP4 = Exchange.swap(4);
  private static final VectorShuffle<Float> SWAP8 = Exchange.swap(8);
  private static final VectorMask<Float> HIGH2 = Exchange.high(2);
  private static final VectorMask<Float> HIGH4 = Exchange.high(4);
  private static final VectorMask<Float> HIGH8 = Exchange.high(8);
  private static final VectorMask<Float> LOW2 = HIGH2.not();
  private static final VectorMask<Float> LOW4 = HIGH4.not();
  private static final VectorMask<Float> LOW8 = HIGH8.not();
  private static final VectorShuffle<Float> SPREAD2 = spread(2);
  private static final VectorShuffle<Float> SPREAD4 = spread(4);
  private static final VectorShuffle<Float> SPREAD8 = spread(8);
  private static final VectorShuffle<Float> SORT2 = Exchange.inverse(SPREAD2);
  private static final VectorShuffle<Float> SORT4 = Exchange.inverse(SPREAD4);
  private static final VectorShuffle<Float> SORT8 = Exchange.inverse(SPREAD8);

  private ShortRows() {}

  /** The window that each lane holds a pixel of, after both exchanges. */
  private static VectorShuffle<Float> spread(int width) {
    return VectorShuffle.fromOp(
        Tile.SPECIES,
        lane -> {
          int pair = lane & 1;
          int second = (lane & width) == 0 ? 0 : 1;
          int pixel = (2 * pair + second) * LANES + (lane & ~1 & ~width);
          return width >= LANES ? lane : pixel / (2 * width) * (width / 2) + pixel % width / 2;
        });
  }

  /** Whether images of this size can be walked so. */
  static boolean fit(int height, int width) {
    return height % 2 == 0
        && (width == LANES || width < LANES && (width == 2 || width == 4 || width == 8));
  }

  /** Larger of each 2×2 pixels, for {@code count} results. */
  static void max(long x, long y, long count, int width) {
    long whole = count - count % LANES;
    if (width == LANES) {
      maxOfVectors(x, y, whole);
    } else if (width == 2) {
      maxOf2(x, y, whole);
    } else if (width == 4) {
      maxOf4(x, y, whole);
    } else {
      maxOf8(x, y, whole);
    }
    for (long i = whole; i < count; i++) {
      long upper = x + upper(i, width);
      Pairs.maxOfOne(upper, upper + 4L * width, y + 4 * i);
    }
  }

  /** Each gradient to the first largest of its 2×2 pixels, zero to the others. */
  static void maxGradient(long g, long x, long dx, long count, int width) {
    long whole = count - count % LANES;
    if (width == LANES) {
      gradientOfVectors(g, x, dx, whole);
    } else if (width == 2) {
      gradientOf2(g, x, dx, whole);
    } else if (width == 4) {
      gradientOf4(g, x, dx, whole);
    } else {
      gradientOf8(g, x, dx, whole);
    }
    for (long i = whole; i < count; i++) {
      long upper = upper(i, width);
      long lower = upper + 4L * width;
      Pairs.maxGradientOfOne(g + 4 * i, x + upper, x + lower, dx + upper, dx + lower);
    }
  }

  /** Where the upper pixels of a window begin, in bytes. */
  private static long upper(long window, int width) {
    long row = window / (width / 2);
    return 4 * (row * 2 * width + window % (width / 2) * 2);
  }

  private static void maxOfVectors(long x, long y, long count) {
    for (long i = 0; i < count; i += LANES) {
      long upper = x + 16 * i;
      Pairs.max(upper, upper + 4L * LANES, 8L * LANES, y + 4 * i);
    }
  }

  private static void maxOf2(long x, long y, long count) {
    for (long i = 0; i < count; i += LANES) {
      max(x + 16 * i, y + 4 * i, SWAP2, HIGH2, LOW2, SORT2);
    }
  }

  private static void maxOf4(long x, long y, long count) {
    for (long i = 0; i < count; i += LANES) {
      max(x + 16 * i, y + 4 * i, SWAP4, HIGH4, LOW4, SORT4);
    }
  }

  private static void maxOf8(long x, long y, long count) {
    for (long i = 0; i < count; i += LANES) {
      max(x + 16 * i, y + 4 * i, SWAP8, HIGH8, LOW8, SORT8);
    }
  }

  private static void max(
      long x,
      long y,
      VectorShuffle<Float> swap,
      VectorMask<Float> high,
      VectorMask<Float> low,
      VectorShuffle<Float> sort) {
    FloatVector a = load(x);
    FloatVector b = load(x + 4L * LANES);
    FloatVector first = upper(a, b, swap, high).max(lower(a, b, swap, low));
    a = load(x + 8L * LANES);
    b = load(x + 12L * LANES);
    FloatVector second = upper(a, b, swap, high).max(lower(a, b, swap, low));
    store(Pairs.left(first, second).max(Pairs.right(first, second)).rearrange(sort), y);
  }

  private static void gradientOfVectors(long g, long x, long dx, long count) {
    for (long i = 0; i < count; i += LANES) {
      long at = 16 * i;
      long below = at + 4L * LANES;
      Pairs.maxGradient(g + 4 * i, x + at, x + below, dx + at, dx + below, 8L * LANES);
    }
  }

  private static void gradientOf2(long g, long x, long dx, long count) {
    for (long i = 0; i < count; i += LANES) {
      gradient(g + 4 * i, x + 16 * i, dx + 16 * i, SWAP2, HIGH2, LOW2, SPREAD2);
    }
  }

  private static void gradientOf4(long g, long x, long dx, long count) {
    for (long i = 0; i < count; i += LANES) {
      gradient(g + 4 * i, x + 16 * i, dx + 16 * i, SWAP4, HIGH4, LOW4, SPREAD4);
    }
  }

  private static void gradientOf8(long g, long x, long dx, long count) {
    for (long i = 0; i < count; i += LANES) {
      gradient(g + 4 * i, x + 16 * i, dx + 16 * i, SWAP8, HIGH8, LOW8, SPREAD8);
    }
  }

  private static void gradient(
      long g,
      long x,
      long dx,
      VectorShuffle<Float> swap,
      VectorMask<Float> high,
      VectorMask<Float> low,
      VectorShuffle<Float> spread) {
    FloatVector zero = FloatVector.zero(Tile.SPECIES);
    FloatVector a = load(x);
    FloatVector b = load(x + 4L * LANES);
    FloatVector c = load(x + 8L * LANES);
    FloatVector d = load(x + 12L * LANES);
    FloatVector above = upper(a, b, swap, high);
    FloatVector below = lower(a, b, swap, low);
    a = upper(c, d, swap, high);
    b = lower(c, d, swap, low);
    FloatVector first = Pairs.left(above, a);
    FloatVector second = Pairs.right(above, a);
    FloatVector third = Pairs.left(below, b);
    FloatVector fourth = Pairs.right(below, b);
    VectorMask<Float> secondWins = Pairs.beats(second, first);
    VectorMask<Float> fourthWins = Pairs.beats(fourth, third);
    VectorMask<Float> lowerWins =
        Pairs.beats(third.blend(fourth, fourthWins), first.blend(second, secondWins));
    FloatVector gradient = load(g).rearrange(spread);
    above = gradient.blend(zero, lowerWins);
    below = zero.blend(gradient, lowerWins);
    first = above.blend(zero, secondWins);
    second = zero.blend(above, secondWins);
    third = below.blend(zero, fourthWins);
    fourth = zero.blend(below, fourthWins);
    above = Pairs.left(first, second);
    below = Pairs.left(third, fourth);
    store(upper(above, below, swap, high), dx);
    store(lower(above, below, swap, low), dx + 4L * LANES);
    above = Pairs.right(first, second);
    below = Pairs.right(third, fourth);
    store(upper(above, below, swap, high), dx + 8L * LANES);
    store(lower(above, below, swap, low), dx + 12L * LANES);
  }

  /** Upper rows of two vectors of pixels; or the first of these from upper and lower rows. */
  private static FloatVector upper(
      FloatVector a, FloatVector b, VectorShuffle<Float> swap, VectorMask<Float> high) {
    return a.blend(b.rearrange(swap), high);
  }

  /** Lower rows of two vectors of pixels; or the second of these from upper and lower rows. */
  private static FloatVector lower(
      FloatVector a, FloatVector b, VectorShuffle<Float> swap, VectorMask<Float> low) {
    return b.blend(a.rearrange(swap), low);
  }
}
