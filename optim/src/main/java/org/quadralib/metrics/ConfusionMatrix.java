package org.quadralib.metrics;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.LongStream;
import org.quadralib.tensor.Tensor;

/** How often each class was taken for each other, and what follows from that. */
public final class ConfusionMatrix implements Metric {
  private final int classes;
  private final long[] counts;

  /** An empty matrix for so many classes, at least 2. */
  public ConfusionMatrix(int classes) {
    if (classes < 2) {
      throw new IllegalArgumentException("there must be at least 2 classes, not " + classes);
    }
    this.classes = classes;
    // One more column: predictions that are no class, because all logits are NaN.
    this.counts = new long[classes * (classes + 1)];
  }

  @Override
  public void add(Tensor logits, Tensor labels) {
    for (long row = 0; row < labels.elements(); row++) {
      long label = labels.getLong(row);
      if (label >= 0) {
        int prediction = Predictions.best(logits, row);
        int actual = Objects.checkIndex((int) label, classes);
        counts[actual * (classes + 1) + (prediction < 0 ? classes : prediction)]++;
      }
    }
  }

  /** Number of classes. */
  public int classes() {
    return classes;
  }

  /** Examples of the class {@code actual} that were taken for {@code predicted}. */
  public long count(int actual, int predicted) {
    Objects.checkIndex(predicted, classes);
    return counts[Objects.checkIndex(actual, classes) * (classes + 1) + predicted];
  }

  /** Examples of a class. */
  public long support(int actual) {
    int from = Objects.checkIndex(actual, classes) * (classes + 1);
    return LongStream.of(Arrays.copyOfRange(counts, from, from + classes + 1)).sum();
  }

  /** Share of the examples taken for a class that are of it; NaN if there are none. */
  public double precision(int predicted) {
    long taken = 0;
    for (int actual = 0; actual < classes; actual++) {
      taken += count(actual, predicted);
    }
    return (double) count(predicted, predicted) / taken;
  }

  /** Share of the examples of a class that were found; NaN if there are none. */
  public double recall(int actual) {
    return (double) count(actual, actual) / support(actual);
  }

  /** Accuracy over all classes. */
  @Override
  public double value() {
    long correct = 0;
    for (int actual = 0; actual < classes; actual++) {
      correct += count(actual, actual);
    }
    return (double) correct / LongStream.of(counts).sum();
  }

  @Override
  public void reset() {
    Arrays.fill(counts, 0);
  }

  /** A table: one row for each actual class, with recall; then precision by predicted class. */
  public String table(List<String> names) {
    if (names.size() != classes) {
      throw new IllegalArgumentException(names.size() + " names for " + classes + " classes");
    }
    int width = Math.max(9, names.stream().mapToInt(String::length).max().orElse(0));
    String label = "%-" + width + "s";
    StringBuilder table = new StringBuilder(format(label, "actual"));
    for (int j = 0; j < classes; j++) {
      table.append(format(" %7d", j));
    }
    table.append("  recall\n");
    for (int i = 0; i < classes; i++) {
      table.append(format(label, names.get(i)));
      for (int j = 0; j < classes; j++) {
        table.append(format(" %7d", count(i, j)));
      }
      table.append(format(" %7.4f%n", recall(i)));
    }
    table.append(format(label, "precision"));
    for (int j = 0; j < classes; j++) {
      table.append(format(" %7.4f", precision(j)));
    }
    return table.append('\n').toString();
  }

  private static String format(String pattern, Object value) {
    return String.format(Locale.ROOT, pattern, value);
  }
}
