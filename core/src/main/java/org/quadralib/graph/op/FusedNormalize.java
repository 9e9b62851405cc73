package org.quadralib.graph.op;

import java.util.List;
import org.quadralib.tensor.TensorType;

/**
 * Normalisation of one to three tensors and what is made of them, in one pass over memory.
 * Operands: the tensors {@code [n, c, …]}, then those of the form. Result like the tensors.
 */
public record FusedNormalize(NormalizedForm form) implements Fused {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Operands.count(this, operands, form.maps() + form.operandCount());
    TensorType x = operands.getFirst();
    Operands.rankAtLeast(this, x, 2, "an input [batch, channels, …]");
    for (TensorType map : operands.subList(1, form.maps())) {
      Operands.same(this, "map", x, map);
    }
    form.check(this, x, operands.subList(form.maps(), operands.size()));
    return List.of(x);
  }
}
