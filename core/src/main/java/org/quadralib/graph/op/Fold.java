package org.quadralib.graph.op;

import java.util.List;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.TensorType;

/**
 * The adjoint of {@link Unfold}: adds each element of each patch to the pixel it came from
 * (col2im). Operand: {@code [n, groups, c/groups·kh·kw, oh·ow]}. Result: shape {@code x [n, c, h,
 * w]}.
 */
public record Fold(Window window, int groups, Shape x) implements Op {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Operands.count(this, operands, 1);
    TensorType result = operands.get(0).with(x);
    Operands.same(
        this, "patches", new Unfold(window, groups).infer(List.of(result)).get(0), operands.get(0));
    return List.of(result);
  }
}
