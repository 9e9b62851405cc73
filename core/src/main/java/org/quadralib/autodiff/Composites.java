package org.quadralib.autodiff;

import java.util.List;
import java.util.Map;
import org.quadralib.graph.GraphBuilder;
import org.quadralib.graph.Phase;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.Composite;
import org.quadralib.graph.op.Fused;
import org.quadralib.graph.op.Quadratic;
import org.quadralib.graph.op.RecomputeGradient;
import org.quadralib.quadratic.QuadraticForm;

/**
 * What composite operations stand for. The gradient of a composite is the gradient of its parts,
 * recomputed from the operands; because what nobody reads is pruned, that is the symbolic gradient.
 */
public final class Composites {
  private Composites() {}

  /** Traces what a composite stands for; its results in order. */
  public static List<Value> expand(GraphBuilder builder, Composite op, List<Value> operands) {
    return switch (op) {
      case Quadratic quadratic -> QuadraticForm.trace(builder, quadratic, operands);
      case RecomputeGradient gradient -> recompute(builder, gradient, operands);
      case Fused fused -> FusedParts.trace(builder, fused, operands);
    };
  }

  private static List<Value> recompute(
      GraphBuilder builder, RecomputeGradient op, List<Value> operands) {
    int inputs = operands.size() - 1 - op.kept();
    List<Value> forwardOperands = operands.subList(0, inputs);
    List<Value> statistics = operands.subList(inputs, operands.size() - 1);
    Value y =
        builder.at(
            Phase.RECOMPUTE,
            builder.scope(),
            () -> QuadraticForm.trace(builder, op.forward(), forwardOperands, statistics, true));
    List<Value> wrt = op.wrt().stream().map(forwardOperands::get).toList();
    Map<Value, Value> gradients =
        Differentiator.gradients(builder, Map.of(y, operands.getLast()), wrt);
    return wrt.stream().map(gradients::get).toList();
  }
}
