package org.quadralib.vector.conv;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Where the outputs of a convolution read their input: output (p, q) reads, for each tap t, the
 * input at row {@code p·strideY + y[t] − padTop}, column {@code q·strideX + x[t] − padLeft};
 * outside the image it reads zero. Both the convolution and its input gradient have this form.
 *
 * @param y row offset of each tap, at least 0
 * @param x column offset of each tap, at least 0
 * @param weight place of each tap's weight in a kernel as stored
 * @param padTop rows by which row offset 0 lies above the image; may be negative
 * @param padLeft columns by which column offset 0 lies left of the image; may be negative
 * @param strideY input rows from one output row to the next
 * @param strideX input columns from one output column to the next
 * @param rows output rows
 * @param columns output columns
 */
record Taps(
    int[] y,
    int[] x,
    int[] weight,
    int padTop,
    int padLeft,
    int strideY,
    int strideX,
    int rows,
    int columns) {

  int count() {
    return y.length;
  }

  /**
   * Place in a kernel of the weight of the tap with these offsets.
   *
   * @throws IllegalArgumentException if there is no such tap
   */
  int weightAt(int row, int column) {
    for (int t = 0; t < count(); t++) {
      if (y[t] == row && x[t] == column) {
        return weight[t];
      }
    }
    throw new IllegalArgumentException("no tap at row %d, column %d".formatted(row, column));
  }

  int maxY() {
    return max(y);
  }

  int maxX() {
    return max(x);
  }

  // Asked for while the kernel runs, which must allocate nothing: no stream.
  private static int max(int[] offsets) {
    int max = 0;
    for (int offset : offsets) {
      max = Math.max(max, offset);
    }
    return max;
  }

  /** The same reads, with offsets that count from {@code padTop} rows above the image and so on. */
  Taps withPadding(int padTop, int padLeft) {
    int down = padTop - this.padTop;
    int right = padLeft - this.padLeft;
    return new Taps(
        IntStream.of(y).map(offset -> offset + down).toArray(),
        IntStream.of(x).map(offset -> offset + right).toArray(),
        weight,
        padTop,
        padLeft,
        strideY,
        strideX,
        rows,
        columns);
  }

  /**
   * Reads that hold those of all phases of an input gradient, for a grid of outputs that holds
   * theirs. Each read is listed once per phase that has it, since no weights go with them.
   */
  static Taps union(List<Taps> phases) {
    List<Taps> reading = phases.stream().filter(phase -> phase.count() > 0).toList();
    int padTop = reading.stream().mapToInt(Taps::padTop).max().orElse(0);
    int padLeft = reading.stream().mapToInt(Taps::padLeft).max().orElse(0);
    List<Taps> same = reading.stream().map(phase -> phase.withPadding(padTop, padLeft)).toList();
    int[] y = same.stream().flatMapToInt(phase -> IntStream.of(phase.y)).toArray();
    int[] x = same.stream().flatMapToInt(phase -> IntStream.of(phase.x)).toArray();
    return new Taps(
        y,
        x,
        new int[y.length],
        padTop,
        padLeft,
        phases.getFirst().strideY,
        phases.getFirst().strideX,
        phases.stream().mapToInt(Taps::rows).max().orElseThrow(),
        phases.stream().mapToInt(Taps::columns).max().orElseThrow());
  }

  /** Taps of a convolution on its input. */
  static Taps forward(ConvShape s) {
    int count = s.kernelSize();
    int[] y = new int[count];
    int[] x = new int[count];
    int[] weight = new int[count];
    for (int t = 0; t < count; t++) {
      y[t] = t / s.kernelWidth() * s.dilationHeight();
      x[t] = t % s.kernelWidth() * s.dilationWidth();
      weight[t] = t;
    }
    return new Taps(
        y,
        x,
        weight,
        s.paddingHeight(),
        s.paddingWidth(),
        s.strideHeight(),
        s.strideWidth(),
        s.outputHeight(),
        s.outputWidth());
  }

  /**
   * Taps of the input gradient on the output gradient, for the input pixels whose padded row and
   * column are {@code phaseY} and {@code phaseX} modulo the strides. Input row i receives from
   * output row (i + padding − k·dilation) / stride, where that is whole: so each phase meets only
   * some of the kernel's positions, and among those the strides are one.
   */
  static Taps inputGradient(ConvShape s, PhaseAxis rows, PhaseAxis columns) {
    int count = rows.taps().length * columns.taps().length;
    int[] y = new int[count];
    int[] x = new int[count];
    int[] weight = new int[count];
    int t = 0;
    for (int i = 0; i < rows.taps().length; i++) {
      for (int j = 0; j < columns.taps().length; j++) {
        y[t] = rows.offsets()[i];
        x[t] = columns.offsets()[j];
        weight[t] = rows.taps()[i] * s.kernelWidth() + columns.taps()[j];
        t++;
      }
    }
    return new Taps(y, x, weight, rows.pad(), columns.pad(), 1, 1, rows.length(), columns.length());
  }
}
