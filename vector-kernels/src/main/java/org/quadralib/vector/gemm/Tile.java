package org.quadralib.vector.gemm;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Shape of the register tile, from the machine's preferred vector species.
 *
 * <p>A tile is {@link #ROWS} × {@link #COLUMNS} sums kept in registers while the depth of the
 * product runs by. Eight accumulators hide the latency of the fused multiply-add on two pipes; with
 * more than nine, plus operands, the sixteen registers of AVX2 spill and speed halves. Machines
 * with 32 registers (AVX-512, and NEON and SVE on AArch64) get twice the rows.
 */
public final class Tile {

  /** The vector species of all kernels in this module. */
  public static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

  /** Floats in a vector. */
  public static final int LANES = SPECIES.length();

  /** Whether the tile with twice the rows is used. */
  static final boolean TALL = LANES >= 16 || System.getProperty("os.arch").equals("aarch64");

  /** Rows of a tile: values that are broadcast. */
  public static final int ROWS = TALL ? 8 : 4;

  /** Columns of a tile: two vectors. */
  public static final int COLUMNS = 2 * LANES;

  /** Rows of a tile whose left operand is not packed: with three, no address is spilled. */
  public static final int GRADIENT_ROWS = 3;

  /** Columns of a tile whose left operand is not packed: three vectors, nine accumulators. */
  public static final int GRADIENT_COLUMNS = 3 * LANES;

  /**
   * Where vectors of scratch memory begin in a heap array, in floats: behind the 16 bytes of its
   * header, on a cache line if the array itself begins on one. Large arrays do so with G1, which
   * gives them regions of their own; vectors that straddle two lines cost up to a fifth of a
   * Winograd convolution's speed.
   */
  public static final int SCRATCH_START = (64 - 16) / Float.BYTES;

  private Tile() {}

  /** The smallest multiple of {@code unit} that is at least {@code value}. */
  public static int roundUp(int value, int unit) {
    return Math.ceilDiv(value, unit) * unit;
  }

  /** Whether {@code count} neighbouring floats leave little of the vectors that hold them empty. */
  public static boolean fillsVectors(int count) {
    return 4 * count >= 3 * roundUp(count, LANES);
  }

  /** Zeros the rows of a tile, so that what follows can add to them. */
  static void clear(float[] s, int at, int stride, int rows, int columns) {
    FloatVector zero = FloatVector.zero(SPECIES);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j += LANES) {
        zero.intoArray(s, at + j);
      }
      at += stride;
    }
  }

  /** Adds ROWS rows of {@code columns} sums that lie packed to those {@code stride} apart. */
  public static void addTile(float[] s, int from, int to, int stride, int columns) {
    for (int i = 0; i < ROWS; i++) {
      add(s, from + i * columns, to + i * stride, columns);
    }
  }

  /** Adds {@code count} floats, whole vectors, to others of the same array. */
  public static void add(float[] s, int from, int to, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector sum =
          FloatVector.fromArray(SPECIES, s, to + i)
              .add(FloatVector.fromArray(SPECIES, s, from + i));
      sum.intoArray(s, to + i);
    }
  }
}
