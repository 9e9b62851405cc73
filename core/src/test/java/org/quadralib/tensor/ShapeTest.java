package org.quadralib.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ShapeTest {
  @Test
  void aScalarHasOneElement() {
    assertEquals(1, Shape.of().elements());
    assertEquals(0, Shape.of().rank());
    assertEquals("[]", Shape.of().toString());
  }

  @Test
  void extentsAndStrides() {
    Shape shape = Shape.of(2, 3, 4, 5);
    assertEquals(120, shape.elements());
    assertEquals(5, shape.dim(-1));
    assertEquals(2, shape.dim(-4));
    assertArrayEquals(new long[] {60, 20, 5, 1}, shape.strides());
    assertEquals(12, shape.span(1, 3));
    assertEquals(1, shape.span(4, 4));
    assertEquals(Shape.of(2, 3, 4, 7), shape.with(-1, 7));
    assertEquals("[2x3x4x5]", shape.toString());
  }

  @Test
  void shapesAreValues() {
    int[] dims = {2, 3};
    Shape shape = Shape.of(dims);
    dims[0] = 9;
    shape.dims()[1] = 9;
    assertEquals(Shape.of(2, 3), shape);
    assertEquals(Shape.of(2, 3).hashCode(), shape.hashCode());
    assertNotEquals(Shape.of(3, 2), shape);
  }

  @Test
  void broadcastStretchesOnes() {
    assertEquals(Shape.of(2, 3, 4), Shape.of(2, 1, 4).broadcast(Shape.of(3, 1)));
    assertEquals(Shape.of(5), Shape.of().broadcast(Shape.of(5)));
    var e = assertThrows(ShapeException.class, () -> Shape.of(2, 3).broadcast(Shape.of(2, 4)));
    assertEquals("shapes [2x3] and [2x4] do not broadcast", e.getMessage());
  }

  @Test
  void impossibleExtentsAreRejected() {
    assertThrows(ShapeException.class, () -> Shape.of(2, -1));
    var e =
        assertThrows(
            ShapeException.class,
            () -> Shape.of(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE));
    assertEquals(
        "too many elements for any memory in [2147483647, 2147483647, 2147483647]", e.getMessage());
    TensorType type = new TensorType(DType.FLOAT64, Shape.of(1 << 30, 1 << 30, 4));
    assertThrows(ArithmeticException.class, type::bytes);
  }
}
