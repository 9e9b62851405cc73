package org.quadralib.graph.op;

import java.util.List;
import org.quadralib.tensor.TensorType;

/**
 * Derivative of a composite that recomputes what it needs from the composite's operands: the heart
 * of hybrid back-propagation. Operands: those of the composite; its results but the first (the
 * small ones, kept); the gradient of its first result. Results: gradients of the operands {@code
 * wrt}.
 */
public record RecomputeGradient(Quadratic forward, List<Integer> wrt) implements Composite {
  /** Copies the indices. */
  public RecomputeGradient {
    wrt = List.copyOf(wrt);
  }

  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    int expected = forward.operandCount() + kept() + 1;
    Operands.count(this, operands, expected);
    List<TensorType> inputs = operands.subList(0, operands.size() - kept() - 1);
    Operands.same(this, "gradient", forward.infer(inputs).get(0), operands.getLast());
    return wrt.stream().map(inputs::get).toList();
  }

  /** How many results of the forward composite are operands: all but the first. */
  public int kept() {
    return forward.branchNorm().isPresent() ? 2 * forward.type().maps().size() : 0;
  }

  @Override
  public String name() {
    return forward.name() + "Gradient";
  }
}
