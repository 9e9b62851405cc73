package org.quadralib.graph.op;

import java.util.List;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.ShapeException;
import org.quadralib.tensor.TensorType;

/**
 * Sets each element to zero with probability {@code rate} and divides the others by {@code 1 −
 * rate}. Operands: {@code x}, then a counter of two INT64: seed and step. The mask is a function of
 * seed, step, {@code stream} and position alone, so the derivative is the same operation applied to
 * the gradient and nothing is kept for it.
 *
 * @param stream tells the dropout layers of a network apart
 */
public record Dropout(double rate, long stream) implements Elementwise {
  /** Type of the counter operand. */
  public static final TensorType COUNTER = new TensorType(DType.INT64, Shape.of(2));

  /** Rejects rates outside {@code [0, 1)}. */
  public Dropout {
    if (!(rate >= 0 && rate < 1)) {
      throw new ShapeException("a dropout rate must be in [0, 1), but is " + rate);
    }
  }

  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Operands.count(this, operands, 2);
    Operands.same(this, "counter", COUNTER, operands.get(1));
    return List.of(operands.get(0));
  }
}
