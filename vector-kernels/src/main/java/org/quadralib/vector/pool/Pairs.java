package org.quadralib.vector.pool;

import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.NE;
import static org.quadralib.vector.gemm.Memory.get;
import static org.quadralib.vector.gemm.Memory.load;
import static org.quadralib.vector.gemm.Memory.set;
import static org.quadralib.vector.gemm.Memory.store;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import org.quadralib.vector.gemm.Tile;

/**
 * Pooling of 2×2 pixels with stride 2, one row of results from two rows of pixels. Two vectors of
 * pixels are taken apart into left and right columns by an exchange of neighbouring lanes, which
 * also puts them together again. It leaves the windows of the two vectors in turns, so that results
 * are sorted, and gradients spread, by one shuffle more; to shuffle two vectors into one would take
 * twice the instructions.
 */
final class Pairs {
  private static final int LANES = Tile.LANES;
  private static final VectorShuffle<Float> SWAP = Exchange.swap(1);
  private static final VectorMask<Float> ODD = Exchange.high(1);
  private static final VectorMask<Float> EVEN = ODD.not();
  private static final VectorShuffle<Float> SPREAD =
      VectorShuffle.fromOp(Tile.SPECIES, lane -> lane / 2 + lane % 2 * (LANES / 2));
  private static final VectorShuffle<Float> SORT = Exchange.inverse(SPREAD);

  private static final int NAN = key(Float.NaN);

  private Pairs() {}

  /** Larger of each 2×2 pixels. */
  static void max(long upper, long lower, long to, int count) {
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      max(upper + 8L * i, lower + 8L * i, 4L * LANES, to + 4L * i);
    }
    for (; i < count; i++) {
      maxOfOne(upper + 8L * i, lower + 8L * i, to + 4L * i);
    }
  }

  /**
   * The same for as many results as a vector has lanes.
   *
   * @param apart bytes from the first vector of pixels of a row to the second: they are neighbours,
   *     or, where a row is one vector, in the next pair of rows
   */
  static void max(long upper, long lower, long apart, long to) {
    FloatVector first = load(upper).max(load(lower));
    FloatVector second = load(upper + apart).max(load(lower + apart));
    store(left(first, second).max(right(first, second)).rearrange(SORT), to);
  }

  /** Largest of one window. */
  static void maxOfOne(long upper, long lower, long to) {
    float above = Math.max(get(upper), get(upper + 4));
    float below = Math.max(get(lower), get(lower + 4));
    set(to, Math.max(above, below));
  }

  /** Mean of each 2×2 pixels. */
  static void mean(long upper, long lower, long to, int count) {
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      FloatVector first = load(upper + 8L * i).add(load(lower + 8L * i));
      FloatVector second = load(upper + 8L * i + 4L * LANES).add(load(lower + 8L * i + 4L * LANES));
      FloatVector sum = left(first, second).add(right(first, second));
      store(sum.mul(0.25f).rearrange(SORT), to + 4L * i);
    }
    for (; i < count; i++) {
      float left = get(upper + 8L * i) + get(lower + 8L * i);
      float right = get(upper + 8L * i + 4) + get(lower + 8L * i + 4);
      set(to + 4L * i, (left + right) * 0.25f);
    }
  }

  /** A quarter of each gradient to each of its 2×2 pixels. */
  static void meanGradient(long g, long upper, long lower, int count) {
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      FloatVector share = load(g + 4L * i).mul(0.25f).rearrange(SPREAD);
      FloatVector first = left(share, share);
      FloatVector second = right(share, share);
      store(first, upper + 8L * i);
      store(second, upper + 8L * i + 4L * LANES);
      store(first, lower + 8L * i);
      store(second, lower + 8L * i + 4L * LANES);
    }
    for (; i < count; i++) {
      float share = get(g + 4L * i) * 0.25f;
      set(upper + 8L * i, share);
      set(upper + 8L * i + 4, share);
      set(lower + 8L * i, share);
      set(lower + 8L * i + 4, share);
    }
  }

  /** Each gradient to the first largest of its 2×2 pixels, zero to the others. */
  static void maxGradient(
      long g, long upper, long lower, long upperResult, long lowerResult, int count) {
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      long at = 8L * i;
      maxGradient(
          g + 4L * i, upper + at, lower + at, upperResult + at, lowerResult + at, 4L * LANES);
    }
    for (; i < count; i++) {
      long at = 8L * i;
      maxGradientOfOne(g + 4L * i, upper + at, lower + at, upperResult + at, lowerResult + at);
    }
  }

  /**
   * The same for as many gradients as a vector has lanes.
   *
   * @param apart as for {@link #max(long, long, long, long)}
   */
  static void maxGradient(
      long g, long upper, long lower, long upperResult, long lowerResult, long apart) {
    FloatVector zero = FloatVector.zero(Tile.SPECIES);
    FloatVector a = load(upper);
    FloatVector b = load(upper + apart);
    FloatVector first = left(a, b);
    FloatVector second = right(a, b);
    a = load(lower);
    b = load(lower + apart);
    FloatVector third = left(a, b);
    FloatVector fourth = right(a, b);
    VectorMask<Float> secondWins = beats(second, first);
    VectorMask<Float> fourthWins = beats(fourth, third);
    VectorMask<Float> lowerWins =
        beats(third.blend(fourth, fourthWins), first.blend(second, secondWins));
    FloatVector gradient = load(g).rearrange(SPREAD);
    FloatVector above = gradient.blend(zero, lowerWins);
    FloatVector below = zero.blend(gradient, lowerWins);
    a = above.blend(zero, secondWins);
    b = zero.blend(above, secondWins);
    store(left(a, b), upperResult);
    store(right(a, b), upperResult + apart);
    a = below.blend(zero, fourthWins);
    b = zero.blend(below, fourthWins);
    store(left(a, b), lowerResult);
    store(right(a, b), lowerResult + apart);
  }

  /** The same for one gradient. Which pixel wins cannot be predicted: there is no branch. */
  static void maxGradientOfOne(long g, long upper, long lower, long upperResult, long lowerResult) {
    int best = key(get(upper));
    int candidate = key(get(upper + 4));
    int second = beats(candidate, best);
    best = second == 0 ? best : candidate;
    candidate = key(get(lower));
    int third = beats(candidate, best);
    best = third == 0 ? best : candidate;
    int fourth = beats(key(get(lower + 4)), best);
    int rest = Float.floatToRawIntBits(get(g));
    int toFourth = rest & fourth;
    rest &= ~fourth;
    int toThird = rest & third;
    rest &= ~third;
    set(lowerResult + 4, Float.intBitsToFloat(toFourth));
    set(lowerResult, Float.intBitsToFloat(toThird));
    set(upperResult + 4, Float.intBitsToFloat(rest & second));
    set(upperResult, Float.intBitsToFloat(rest & ~second));
  }

  /** Left columns of two vectors of pixels; or the first of these from left and right columns. */
  static FloatVector left(FloatVector a, FloatVector b) {
    return a.blend(b.rearrange(SWAP), ODD);
  }

  /** Right columns of two vectors of pixels; or the second of these from left and right columns. */
  static FloatVector right(FloatVector a, FloatVector b) {
    return b.blend(a.rearrange(SWAP), EVEN);
  }

  /** Where the candidate wins over a pixel before it, as the later of two NaN does. */
  static VectorMask<Float> beats(FloatVector candidate, FloatVector best) {
    return candidate.compare(GT, best).or(candidate.compare(NE, candidate));
  }

  /** An integer that orders as the number does; both zeros have the same, NaN has the largest. */
  private static int key(float value) {
    int bits = Float.floatToIntBits(value + 0f);
    return bits ^ (bits >> 31 & Integer.MAX_VALUE);
  }

  /** All ones if the candidate wins. */
  private static int beats(int candidate, int best) {
    return candidate > best || candidate == NAN ? -1 : 0;
  }
}
