package org.quadralib.graph.op;

import java.util.List;
import org.quadralib.tensor.TensorType;

/** A tensor of one constant; no operands. */
public record Fill(TensorType type, double value) implements Op {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Operands.count(this, operands, 0);
    return List.of(type);
  }
}
