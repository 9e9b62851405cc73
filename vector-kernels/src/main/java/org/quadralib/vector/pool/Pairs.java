package org.quadralib.vector.pool;

import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.IS_NAN;
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
 * pixels are taken apart into their even and odd columns, and put together again for gradients.
 */
final class Pairs {
  private static final int LANES = Tile.LANES;
  private static final VectorShuffle<Float> EVEN = VectorShuffle.makeUnzip(Tile.SPECIES, 0);
  private static final VectorShuffle<Float> ODD =
      VectorShuffle.fromOp(
          Tile.SPECIES, lane -> 2 * lane + 1 < LANES ? 2 * lane + 1 : 2 * lane + 1 - 2 * LANES);
  private static final VectorShuffle<Float> LOW = VectorShuffle.makeZip(Tile.SPECIES, 0);
  private static final VectorShuffle<Float> HIGH = VectorShuffle.makeZip(Tile.SPECIES, 1);

  private static final int NAN = key(Float.NaN);

  private Pairs() {}

  /** Larger of each 2×2 pixels. */
  static void max(long upper, long lower, long to, int count) {
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      FloatVector left = load(upper + 8L * i).max(load(lower + 8L * i));
      FloatVector right = load(upper + 8L * i + 4L * LANES).max(load(lower + 8L * i + 4L * LANES));
      store(left.rearrange(EVEN, right).max(left.rearrange(ODD, right)), to + 4L * i);
    }
    for (; i < count; i++) {
      float above = Math.max(get(upper + 8L * i), get(upper + 8L * i + 4));
      float below = Math.max(get(lower + 8L * i), get(lower + 8L * i + 4));
      set(to + 4L * i, Math.max(above, below));
    }
  }

  /** Mean of each 2×2 pixels. */
  static void mean(long upper, long lower, long to, int count) {
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      FloatVector left = load(upper + 8L * i).add(load(lower + 8L * i));
      FloatVector right = load(upper + 8L * i + 4L * LANES).add(load(lower + 8L * i + 4L * LANES));
      FloatVector sum = left.rearrange(EVEN, right).add(left.rearrange(ODD, right));
      store(sum.mul(0.25f), to + 4L * i);
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
      FloatVector share = load(g + 4L * i).mul(0.25f);
      storePairs(share, share, upper + 8L * i, 4L * LANES);
      storePairs(share, share, lower + 8L * i, 4L * LANES);
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
      maxGradient(
          g + 4L * i,
          upper + 8L * i,
          lower + 8L * i,
          upperResult + 8L * i,
          lowerResult + 8L * i,
          4L * LANES);
    }
    for (; i < count; i++) {
      maxGradient(
          get(g + 4L * i),
          upper + 8L * i,
          lower + 8L * i,
          upperResult + 8L * i,
          lowerResult + 8L * i);
    }
  }

  /**
   * The same for as many gradients as a vector has lanes.
   *
   * @param apart bytes from the first vector of pixels of a row to the second: they are neighbours,
   *     or, where a row is one vector, in the next pair of rows
   */
  static void maxGradient(
      long g, long upper, long lower, long upperResult, long lowerResult, long apart) {
    FloatVector zero = FloatVector.zero(Tile.SPECIES);
    FloatVector left = load(upper);
    FloatVector right = load(upper + apart);
    FloatVector best = left.rearrange(EVEN, right);
    FloatVector second = left.rearrange(ODD, right);
    left = load(lower);
    right = load(lower + apart);
    FloatVector third = left.rearrange(EVEN, right);
    FloatVector fourth = left.rearrange(ODD, right);
    VectorMask<Float> secondWins = beats(second, best);
    best = best.blend(second, secondWins);
    VectorMask<Float> thirdWins = beats(third, best);
    best = best.blend(third, thirdWins);
    VectorMask<Float> fourthWins = beats(fourth, best);
    FloatVector rest = load(g);
    FloatVector toFourth = zero.blend(rest, fourthWins);
    rest = rest.blend(zero, fourthWins);
    FloatVector toThird = zero.blend(rest, thirdWins);
    rest = rest.blend(zero, thirdWins);
    FloatVector toSecond = zero.blend(rest, secondWins);
    rest = rest.blend(zero, secondWins);
    storePairs(rest, toSecond, upperResult, apart);
    storePairs(toThird, toFourth, lowerResult, apart);
  }

  /** The same for one gradient. Which pixel wins cannot be predicted: there is no branch. */
  private static void maxGradient(
      float g, long upper, long lower, long upperResult, long lowerResult) {
    int best = key(get(upper));
    int candidate = key(get(upper + 4));
    int second = beats(candidate, best);
    best = second == 0 ? best : candidate;
    candidate = key(get(lower));
    int third = beats(candidate, best);
    best = third == 0 ? best : candidate;
    int fourth = beats(key(get(lower + 4)), best);
    int rest = Float.floatToRawIntBits(g);
    int toFourth = rest & fourth;
    rest &= ~fourth;
    int toThird = rest & third;
    rest &= ~third;
    set(lowerResult + 4, Float.intBitsToFloat(toFourth));
    set(lowerResult, Float.intBitsToFloat(toThird));
    set(upperResult + 4, Float.intBitsToFloat(rest & second));
    set(upperResult, Float.intBitsToFloat(rest & ~second));
  }

  /** An integer that orders as the number does; both zeros have the same, NaN has the largest. */
  private static int key(float value) {
    int bits = Float.floatToIntBits(value + 0f);
    return bits ^ (bits >> 31 & Integer.MAX_VALUE);
  }

  /** All ones if the candidate wins, as the later of two NaN does. */
  private static int beats(int candidate, int best) {
    return candidate > best || candidate == NAN ? -1 : 0;
  }

  private static VectorMask<Float> beats(FloatVector candidate, FloatVector best) {
    return candidate.compare(GT, best).or(candidate.test(IS_NAN));
  }

  private static void storePairs(FloatVector even, FloatVector odd, long to, long apart) {
    store(even.rearrange(LOW, odd), to);
    store(even.rearrange(HIGH, odd), to + apart);
  }
}
