package org.quadralib.analysis;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongToDoubleFunction;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Tensor;

/**
 * How values are distributed.
 *
 * @param min the least finite value; 0 if there is none
 * @param max the greatest finite value; 0 if there is none
 * @param sum of the finite values
 * @param sumOfSquares of the finite values
 * @param nonFinite how many values are NaN or infinite; they are in no bin
 * @param counts finite values in bins of equal width from {@code min} to {@code max}, which is in
 *     the last
 */
public record Histogram(
    double min, double max, double sum, double sumOfSquares, long nonFinite, List<Long> counts) {
  /** Bins of a histogram. */
  public static final int BINS = 40;

  /** Values that are looked at together: asking a tensor one by one takes longer. */
  private static final int BLOCK = 4096;

  /** Copies the counts. */
  public Histogram {
    counts = List.copyOf(counts);
  }

  /** Gives values block by block. */
  @FunctionalInterface
  interface Values {
    /** Writes the values from a position on, as many as the array takes. */
    void read(long from, double[] into, int count);
  }

  /** The histogram of all elements. */
  public static Histogram of(Tensor tensor) {
    return ofBlocks(tensor.elements(), values(tensor));
  }

  /** The elements of a tensor. */
  static Values values(Tensor tensor) {
    if (tensor.type().dtype() != DType.FLOAT32) {
      return (from, into, count) -> {
        for (int i = 0; i < count; i++) {
          into[i] = tensor.get(from + i);
        }
      };
    }
    float[] floats = new float[BLOCK];
    return (from, into, count) -> {
      MemorySegment.copy(
          tensor.segment(), ValueLayout.JAVA_FLOAT, from * Float.BYTES, floats, 0, count);
      for (int i = 0; i < count; i++) {
        into[i] = floats[i];
      }
    };
  }

  /** The histogram of {@code values(0) … values(count − 1)}, each of which is asked for twice. */
  public static Histogram of(long count, LongToDoubleFunction values) {
    return ofBlocks(
        count,
        (from, into, some) -> {
          for (int i = 0; i < some; i++) {
            into[i] = values.applyAsDouble(from + i);
          }
        });
  }

  /** The histogram of so many values, each of which is read twice. */
  static Histogram ofBlocks(long count, Values values) {
    double[] block = new double[(int) Math.min(BLOCK, count)];
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    double sum = 0;
    double sumOfSquares = 0;
    long nonFinite = 0;
    for (long from = 0; from < count; from += BLOCK) {
      int some = (int) Math.min(BLOCK, count - from);
      values.read(from, block, some);
      for (int i = 0; i < some; i++) {
        double value = block[i];
        if (Double.isFinite(value)) {
          min = Math.min(min, value);
          max = Math.max(max, value);
          sum += value;
          sumOfSquares += value * value;
        } else {
          nonFinite++;
        }
      }
    }
    Long[] counts = new Long[BINS];
    Arrays.fill(counts, 0L);
    if (nonFinite == count) {
      return new Histogram(0, 0, 0, 0, nonFinite, List.of(counts));
    }
    long[] bins = new long[BINS];
    double scale = max > min ? BINS / (max - min) : 0;
    for (long from = 0; from < count; from += BLOCK) {
      int some = (int) Math.min(BLOCK, count - from);
      values.read(from, block, some);
      for (int i = 0; i < some; i++) {
        if (Double.isFinite(block[i])) {
          bins[Math.min(BINS - 1, (int) ((block[i] - min) * scale))]++;
        }
      }
    }
    Arrays.setAll(counts, i -> bins[i]);
    return new Histogram(min, max, sum, sumOfSquares, nonFinite, List.of(counts));
  }

  /** Both together; see {@link #sum(List)}. */
  public Histogram plus(Histogram other) {
    return sum(List.of(this, other));
  }

  /**
   * All together. Values keep their bins, which are then counted where their middles lie: exact in
   * number, sums and ends, up to a bin in place.
   *
   * @param parts at least one
   */
  public static Histogram sum(List<Histogram> parts) {
    long nonFinite = parts.stream().mapToLong(Histogram::nonFinite).sum();
    List<Histogram> finite = parts.stream().filter(part -> part.count() > 0).toList();
    if (finite.size() < 2) {
      Histogram only = finite.isEmpty() ? parts.getFirst() : finite.getFirst();
      return new Histogram(only.min, only.max, only.sum, only.sumOfSquares, nonFinite, only.counts);
    }
    double least = finite.stream().mapToDouble(Histogram::min).min().orElseThrow();
    double most = finite.stream().mapToDouble(Histogram::max).max().orElseThrow();
    long[] bins = new long[BINS];
    for (Histogram part : finite) {
      double[] middles = part.middles();
      for (int i = 0; i < BINS; i++) {
        double place = most > least ? (middles[i] - least) / (most - least) * BINS : 0;
        bins[Math.clamp((int) place, 0, BINS - 1)] += part.counts.get(i);
      }
    }
    return new Histogram(
        least,
        most,
        finite.stream().mapToDouble(Histogram::sum).sum(),
        finite.stream().mapToDouble(Histogram::sumOfSquares).sum(),
        nonFinite,
        Arrays.stream(bins).boxed().toList());
  }

  /** Number of finite values. */
  public long count() {
    return counts.stream().mapToLong(Long::longValue).sum();
  }

  /** The Euclidean norm of the finite values. */
  public double norm() {
    return Math.sqrt(sumOfSquares);
  }

  /** Mean of the finite values; NaN if there are none. */
  public double mean() {
    return sum / count();
  }

  /** The upper end of a bin. */
  public double end(int bin) {
    return bin == BINS - 1 ? max : min + (max - min) * (bin + 1) / BINS;
  }

  /** Middles of the bins, in ascending order. */
  public double[] middles() {
    double[] middles = new double[BINS];
    Arrays.setAll(middles, i -> min + (max - min) * (i + 0.5) / BINS);
    return middles;
  }

  /** Share of the finite values in each bin. */
  public double[] shares() {
    double all = Math.max(1, count());
    return counts.stream().mapToDouble(n -> n / all).toArray();
  }
}
