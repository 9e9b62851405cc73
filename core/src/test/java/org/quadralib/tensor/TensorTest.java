package org.quadralib.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class TensorTest {
  private static Tensor tensor(DType dtype, int... dims) {
    TensorType type = new TensorType(dtype, Shape.of(dims));
    return new Tensor(type, Arena.ofAuto().allocate(type.bytes()));
  }

  @Test
  void everyElementTypeKeepsWhatItCanHold() {
    for (DType dtype : DType.values()) {
      Tensor tensor = tensor(dtype, 3);
      tensor.set(1, -7);
      assertEquals(-7, tensor.get(1), dtype.name());
      assertEquals(0, tensor.get(2), dtype.name());
    }
    Tensor floats = tensor(DType.FLOAT32, 1);
    floats.set(0, 0.1);
    assertEquals(0.1f, floats.get(0));
    Tensor longs = tensor(DType.INT64, 1);
    longs.setLong(0, Long.MAX_VALUE - 1);
    assertEquals(Long.MAX_VALUE - 1, longs.getLong(0));
  }

  @Test
  void integersAreExactOrAnError() {
    assertThrows(ShapeException.class, () -> tensor(DType.FLOAT32, 1).getLong(0));
    assertThrows(ShapeException.class, () -> tensor(DType.FLOAT64, 1).setLong(0, 1));
    assertThrows(ArithmeticException.class, () -> tensor(DType.INT32, 1).setLong(0, 1L << 40));
  }

  @Test
  void positionsAreRowMajor() {
    Tensor tensor = tensor(DType.FLOAT32, 2, 3, 4);
    assertEquals(1 * 12 + 2 * 4 + 3, tensor.indexOf(1, 2, 3));
    assertThrows(ShapeException.class, () -> tensor.indexOf(1, 2));
    assertThrows(IndexOutOfBoundsException.class, () -> tensor.indexOf(0, 3, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> tensor.get(24));
    assertThrows(IndexOutOfBoundsException.class, () -> tensor.set(-1, 0));
  }

  @Test
  void copiesKeepTypeAndLength() {
    Tensor a = tensor(DType.FLOAT32, 2, 2);
    a.copyFrom(1, -2, 3, -4);
    Tensor b = tensor(DType.FLOAT32, 4);
    b.copyFrom(a);
    assertArrayEquals(new float[] {1, -2, 3, -4}, b.toFloats());
    assertThrows(ShapeException.class, () -> b.copyFrom(tensor(DType.FLOAT64, 4)));
    assertThrows(ShapeException.class, () -> b.copyFrom(tensor(DType.FLOAT32, 5)));
    assertThrows(ShapeException.class, () -> b.copyFrom(1, 2));
  }

  @Test
  void aReshapedTensorIsTheSameMemory() {
    Tensor tensor = tensor(DType.FLOAT64, 2, 3);
    tensor.reshape(3, 2).set(5, 2.5);
    assertEquals(2.5, tensor.get(5));
    assertThrows(ShapeException.class, () -> tensor.reshape(4));
  }

  @Test
  void memoryMustFitTheType() {
    MemorySegment segment = Arena.ofAuto().allocate(12);
    var e = assertThrows(ShapeException.class, () -> new Tensor(TensorType.float32(2, 2), segment));
    assertEquals("float32[2x2] needs 16 bytes, but the memory has 12", e.getMessage());
  }
}
