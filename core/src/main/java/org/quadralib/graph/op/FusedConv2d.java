package org.quadralib.graph.op;

import java.util.List;
import org.quadralib.tensor.TensorType;

/**
 * A convolution whose maps become one result while they are in the cache, so that none of them is
 * stored. Operands: those of the convolution, then those of the form. Result: {@code y [n, o, oh,
 * ow]}.
 */
public record FusedConv2d(Conv2d convolution, NormalizedForm form) implements Fused {
  /** Rejects a form of another number of maps. */
  public FusedConv2d {
    if (convolution.maps() != form.maps()) {
      throw new IllegalArgumentException(
          "%s has %d maps, but the form takes %d"
              .formatted(convolution, convolution.maps(), form.maps()));
    }
  }

  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    int own = convolutionOperands();
    Operands.count(this, operands, own + form.operandCount());
    TensorType y = convolution.infer(operands.subList(0, own)).getFirst();
    form.check(this, y, operands.subList(own, operands.size()));
    return List.of(y);
  }

  /** How many operands are those of the convolution. */
  public int convolutionOperands() {
    return 1 + convolution.maps() * (convolution.bias() ? 2 : 1);
  }
}
