package org.quadralib.vector.conv;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import org.quadralib.vector.gemm.Memory;
import org.quadralib.vector.gemm.Tile;

/**
 * Writes the input gradient of a convolution of kernel 1 × 1 whose strides are more than one: the
 * sums are those of a pointwise convolution, and each goes to the upper left of stride × stride
 * pixels of which the others are zero.
 */
final class SpreadStore implements Epilogue {
  private static final int LANES = Tile.LANES;
  private static final int HALF = LANES / 2;
  private static final FloatVector ZERO = FloatVector.zero(Tile.SPECIES);
  private static final VectorShuffle<Float> LOW = VectorShuffle.makeZip(Tile.SPECIES, 0);
  private static final VectorShuffle<Float> HIGH = VectorShuffle.makeZip(Tile.SPECIES, 1);

  private final ConvShape shape;
  private final int rows; // of the sums
  private final int columns;
  private long output;

  /**
   * Plans a store.
   *
   * @param shape the convolution whose input gradient is written
   */
  SpreadStore(ConvShape shape) {
    this.shape = shape;
    rows = shape.outputHeight();
    columns = shape.outputWidth();
  }

  /** Whether a convolution is of this kind. */
  static boolean suits(ConvShape s) {
    return s.kernelSize() == 1
        && s.strideHeight() * s.strideWidth() > 1
        && s.paddingHeight() == 0
        && s.paddingWidth() == 0;
  }

  /** The pointwise convolution whose input gradient makes the sums. */
  static ConvShape pointwise(ConvShape s) {
    return new ConvShape(
            s.batch(),
            s.channels(),
            s.outputHeight(),
            s.outputWidth(),
            s.filters(),
            1,
            1,
            1,
            1,
            0,
            0,
            1,
            1,
            s.groups())
        .flattened();
  }

  /** Says where the output of the runs that follow begins. */
  void bind(long output) {
    this.output = output;
  }

  @Override
  public void store(
      float[] sums, int at, int mapStride, int channel, int count, long position, int step) {
    long plane = position / (rows * columns);
    int pixel = (int) (position - plane * (rows * columns));
    long to = output + 4 * plane * shape.height() * shape.width();
    for (int end = pixel + count, run; pixel < end; pixel += run) {
      int row = pixel / columns;
      int column = pixel - row * columns;
      run = Math.min(end - pixel, columns - column);
      storeRow(sums, at, run, to, row * shape.strideHeight(), column * shape.strideWidth());
      at += run;
    }
  }

  /** Stores a run of a row of sums, and the zeros that belong to it. */
  private void storeRow(float[] s, int at, int run, long plane, int y, int x) {
    int width = Math.min(run * shape.strideWidth(), shape.width() - x);
    long address = plane + 4 * ((long) y * shape.width() + x);
    int end = Math.min(y + shape.strideHeight(), shape.height());
    boolean inVectors = width == 2 * run && run >= HALF && at + run + HALF <= s.length;
    if (shape.strideWidth() == 2 && inVectors) {
      spread(s, at, run, address);
    } else {
      zero(address, width);
      for (int i = 0; i < run; i++) {
        Memory.set(address + 4L * i * shape.strideWidth(), s[at + i]);
      }
    }
    for (int row = y + 1; row < end; row++) {
      address += 4L * shape.width();
      zero(address, width);
    }
  }

  /** Writes at least half a vector of sums, each with a zero behind it. */
  private static void spread(float[] s, int at, int run, long address) {
    int i = 0;
    for (; i <= run - LANES; i += LANES) {
      FloatVector v = FloatVector.fromArray(Tile.SPECIES, s, at + i);
      Memory.store(v.rearrange(LOW, ZERO), address + 8L * i);
      Memory.store(v.rearrange(HIGH, ZERO), address + 8L * i + 4L * LANES);
    }
    for (; i < run; i += HALF) {
      int from = Math.min(i, run - HALF); // may overlap what was written before
      FloatVector v = FloatVector.fromArray(Tile.SPECIES, s, at + from);
      Memory.store(v.rearrange(LOW, ZERO), address + 8L * from);
    }
  }

  private static void zero(long address, int count) {
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      Memory.store(ZERO, address + 4L * i);
    }
    for (; i < count; i++) {
      Memory.set(address + 4L * i, 0f);
    }
  }
}
