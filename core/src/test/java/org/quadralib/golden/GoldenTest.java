package org.quadralib.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.UncheckedIOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;

class GoldenTest {
  @Test
  void allFilesOpen() {
    assertEquals(350, Golden.open("dense").size());
    assertEquals(700, Golden.open("conv").size());
    assertEquals(186, Golden.open("ops").size());
    assertEquals(332, Golden.open("qresnet14-random").size());
    assertEquals(184, Golden.open("qresnet14-train").size());
  }

  @Test
  void numbersAreThoseOfTheFormula() {
    Map<String, Tensor> dense = Golden.open("dense");
    Tensor x = dense.get("dense_5x7x4.linear.x");
    Tensor weight = dense.get("dense_5x7x4.linear.wc");
    Tensor bias = dense.get("dense_5x7x4.linear.bc");
    Tensor y = dense.get("dense_5x7x4.linear.y");
    assertEquals(Shape.of(5, 4), y.shape());
    assertEquals(DType.FLOAT64, y.type().dtype());
    for (int row = 0; row < 5; row++) {
      for (int out = 0; out < 4; out++) {
        double sum = bias.get(out);
        for (int in = 0; in < 7; in++) {
          sum += x.get(x.indexOf(row, in)) * weight.get(weight.indexOf(out, in));
        }
        assertEquals(sum, y.get(y.indexOf(row, out)), 1e-12);
      }
    }
  }

  @Test
  void unknownNameIsAnError() {
    var error = assertThrows(UncheckedIOException.class, () -> Golden.open("none"));
    assertTrue(error.getMessage().contains("none.safetensors"), error.getMessage());
  }
}
