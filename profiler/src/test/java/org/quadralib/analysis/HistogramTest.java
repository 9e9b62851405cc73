package org.quadralib.analysis;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.quadralib.memory.Category;
import org.quadralib.memory.TensorArena;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;
import org.quadralib.tensor.TensorType;

class HistogramTest {
  private static Histogram of(double... values) {
    return Histogram.of(values.length, i -> values[(int) i]);
  }

  @Test
  void everyFiniteValueIsInOneBin() {
    Random random = new Random(5);
    double[] values = random.doubles(1000, -3, 5).toArray();
    values[17] = Double.NaN;
    values[18] = Double.NEGATIVE_INFINITY;
    Histogram histogram = of(values);
    assertEquals(998, histogram.count());
    assertEquals(2, histogram.nonFinite());
    double sum = 0;
    double squares = 0;
    for (double value : values) {
      sum += Double.isFinite(value) ? value : 0;
      squares += Double.isFinite(value) ? value * value : 0;
    }
    assertEquals(sum / 998, histogram.mean(), 1e-12);
    assertEquals(Math.sqrt(squares), histogram.norm(), 1e-9);
    for (int bin = 0; bin < Histogram.BINS; bin++) {
      double from = bin == 0 ? histogram.min() : histogram.end(bin - 1);
      double to = histogram.end(bin);
      long expected = 0;
      for (double value : values) {
        boolean last = bin == Histogram.BINS - 1 && value == to;
        expected += value >= from && (value < to || last) ? 1 : 0;
      }
      assertEquals(expected, histogram.counts().get(bin), 1, "bin " + bin);
    }
  }

  @Test
  void aTensorOfManyBlocksIsCountedToItsEnd() {
    try (TensorArena arena = TensorArena.root("test")) {
      for (DType type : List.of(DType.FLOAT32, DType.FLOAT64)) {
        Tensor tensor =
            arena.allocate("x", Category.ACTIVATION, new TensorType(type, Shape.of(10_001)));
        Random random = new Random(3);
        for (int i = 0; i < 10_001; i++) {
          tensor.set(i, random.nextGaussian());
        }
        tensor.set(10_000, -77);
        assertEquals(Histogram.of(10_001, tensor::get), Histogram.of(tensor));
        assertEquals(-77, Histogram.of(tensor).min());
      }
    }
  }

  @Test
  void equalValuesAreTogether() {
    Histogram histogram = of(2, 2, 2);
    assertEquals(3, histogram.counts().getFirst());
    assertEquals(2, histogram.min());
    assertEquals(2, histogram.max());
  }

  @Test
  void noFiniteValueIsNoError() {
    assertEquals(0, of(Double.NaN).count());
    assertEquals(1, of(Double.NaN).nonFinite());
    assertEquals(0, of().count());
  }

  @Test
  void sumsOfHistogramsKeepAllValues() {
    Histogram sum = of(0, 1, 2, Double.NaN).plus(of(-10, 30));
    assertEquals(5, sum.count());
    assertEquals(1, sum.nonFinite());
    assertEquals(-10, sum.min());
    assertEquals(30, sum.max());
    assertEquals(23, sum.sum());
    assertEquals(Math.sqrt(1005), sum.norm(), 1e-9);
    assertEquals(1, sum.counts().getFirst());
    assertEquals(1, sum.counts().getLast());
    assertEquals(3, of().plus(of(1, 2, 3)).count());
  }
}
