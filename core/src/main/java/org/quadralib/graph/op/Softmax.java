package org.quadralib.graph.op;

import java.util.List;
import org.quadralib.tensor.TensorType;

/**
 * {@code e^xⱼ / Σ e^xₖ} over the last axis, or its logarithm, computed without overflow.
 *
 * @param log whether to give the logarithm
 */
public record Softmax(boolean log) implements Op {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Operands.count(this, operands, 1);
    Operands.rankAtLeast(this, operands.get(0), 1, "at least one axis");
    return operands;
  }

  @Override
  public String name() {
    return log ? "LogSoftmax" : "Softmax";
  }
}
