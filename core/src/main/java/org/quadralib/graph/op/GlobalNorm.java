package org.quadralib.graph.op;

import java.util.List;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.TensorType;

/** Euclidean norm of all operands taken as one vector: what gradient clipping compares. */
public record GlobalNorm() implements Op {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Operands.require(!operands.isEmpty(), this, "no operands");
    return List.of(operands.get(0).with(Shape.of()));
  }
}
