package org.quadralib.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.quadralib.memory.Category;
import org.quadralib.memory.TensorArena;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;
import org.quadralib.tensor.TensorType;

class MetricsTest {
  private final TensorArena arena = TensorArena.root("test");

  @AfterEach
  void close() {
    arena.close();
  }

  private Tensor logits(int classes, float... values) {
    Tensor tensor =
        arena.allocate(
            "logits", Category.OUTPUT, TensorType.float32(values.length / classes, classes));
    tensor.copyFrom(values);
    return tensor;
  }

  private Tensor labels(int... values) {
    Tensor tensor =
        arena.allocate(
            "labels", Category.INPUT, new TensorType(DType.INT32, Shape.of(values.length)));
    for (int i = 0; i < values.length; i++) {
      tensor.setLong(i, values[i]);
    }
    return tensor;
  }

  @Test
  void accuracyCountsOverBatchesAndSkipsPadding() {
    Accuracy accuracy = new Accuracy();
    assertTrue(Double.isNaN(accuracy.value()));
    accuracy.add(logits(3, 1, -2, 0, -3, -2, -1), labels(0, 1));
    accuracy.add(logits(3, 5, 6, 7, 0, 0, 0), labels(2, -1));
    assertEquals(2, accuracy.correct());
    assertEquals(3, accuracy.count());
    assertEquals(2.0 / 3, accuracy.value());
    accuracy.reset();
    assertEquals(0, accuracy.count());
  }

  @Test
  void topKLooksAtTheLargestLogits() {
    Tensor logits = logits(4, 4, 3, 2, 1, 4, 3, 2, 1, 4, 3, 2, 1);
    Accuracy top2 = new Accuracy(2);
    top2.add(logits, labels(0, 1, 2));
    assertEquals(2.0 / 3, top2.value());
  }

  @Test
  void ofEqualsTheFirstWins() {
    Accuracy accuracy = new Accuracy();
    accuracy.add(logits(3, 1, 1, 0, 1, 1, 0), labels(0, 1));
    assertEquals(1, accuracy.correct());
  }

  @Test
  void nanIsNeverRight() {
    float nan = Float.NaN;
    Tensor logits = logits(2, nan, nan, nan, 1);
    Accuracy accuracy = new Accuracy();
    accuracy.add(logits, labels(0, 0));
    assertEquals(0, accuracy.correct());
    ConfusionMatrix matrix = new ConfusionMatrix(2);
    matrix.add(logits, labels(0, 0));
    assertEquals(0, matrix.count(0, 0));
    assertEquals(1, matrix.count(0, 1));
    assertEquals(2, matrix.support(0));
  }

  @Test
  void oneLogitIsClassOneIfPositive() {
    Accuracy accuracy = new Accuracy();
    accuracy.add(logits(1, 2, -2, 0.5f, -0.5f), labels(1, 0, 0, 1));
    assertEquals(0.5, accuracy.value());
  }

  @Test
  void confusionMatrixGivesPrecisionAndRecall() {
    ConfusionMatrix matrix = new ConfusionMatrix(3);
    // Predictions 0, 0, 1, 2, 1 for labels 0, 1, 1, 1, −1.
    matrix.add(logits(3, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0), labels(0, 1, 1, 1, -1));
    assertEquals(1, matrix.count(1, 0));
    assertEquals(3, matrix.support(1));
    assertEquals(0.5, matrix.precision(0));
    assertEquals(1, matrix.precision(1));
    assertEquals(1.0 / 3, matrix.recall(1));
    assertTrue(Double.isNaN(matrix.recall(2)));
    assertEquals(0.5, matrix.value());
    String table = matrix.table(List.of("cat", "dog", "a longer name"));
    assertTrue(table.contains("a longer name"), table);
    assertEquals(5, table.lines().count(), table);
  }

  @Test
  void labelsOutOfRangeAreErrors() {
    ConfusionMatrix matrix = new ConfusionMatrix(2);
    Tensor logits = logits(2, 0, 1);
    assertThrows(IndexOutOfBoundsException.class, () -> matrix.add(logits, labels(2)));
  }

  @Test
  void meanWeighsByCount() {
    Mean mean = new Mean();
    mean.add(1, 3);
    mean.add(-5, 1);
    assertEquals(-0.5, mean.value());
    assertEquals(4, mean.count());
  }
}
