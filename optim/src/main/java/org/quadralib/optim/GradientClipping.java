package org.quadralib.optim;

import java.util.ArrayList;
import java.util.List;
import org.quadralib.graph.GraphBuilder;
import org.quadralib.graph.Ops;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.GlobalNorm;
import org.quadralib.graph.op.UnaryFunction;

/** A bound on gradients before they are used. */
public sealed interface GradientClipping {
  /** No bound. */
  static GradientClipping none() {
    return new None();
  }

  /** Scales all gradients together so that their Euclidean norm is at most {@code max}. */
  static GradientClipping byNorm(double max) {
    return new ByNorm(max);
  }

  /** Moves every element into {@code [−limit, limit]}. */
  static GradientClipping byValue(double limit) {
    return new ByValue(limit);
  }

  /** Records the clipping and returns the gradients to use, in the same order. */
  List<Value> trace(GraphBuilder graph, List<Value> gradients);

  /** No bound. */
  record None() implements GradientClipping {
    @Override
    public List<Value> trace(GraphBuilder graph, List<Value> gradients) {
      return gradients;
    }
  }

  /**
   * By the norm of all gradients taken as one vector; as PyTorch's {@code clip_grad_norm_}, which
   * adds 1e-6 to the norm.
   */
  record ByNorm(double max) implements GradientClipping {
    /** Checks the bound. */
    public ByNorm {
      Checks.positive("the largest gradient norm", max);
    }

    @Override
    public List<Value> trace(GraphBuilder graph, List<Value> gradients) {
      if (gradients.isEmpty()) {
        return gradients;
      }
      Ops ops = new Ops(graph);
      Value norm = graph.applyAll(new GlobalNorm(), gradients).getFirst();
      Value inverse = ops.unary(UnaryFunction.RECIPROCAL, ops.affine(norm, 1, 1e-6));
      Value factor = ops.unary(UnaryFunction.MIN, 1, ops.affine(inverse, max, 0));
      return gradients.stream().map(gradient -> ops.mul(gradient, factor)).toList();
    }
  }

  /** Element by element. */
  record ByValue(double limit) implements GradientClipping {
    /** Checks the bound. */
    public ByValue {
      Checks.positive("the largest gradient", limit);
    }

    @Override
    public List<Value> trace(GraphBuilder graph, List<Value> gradients) {
      Ops ops = new Ops(graph);
      List<Value> clipped = new ArrayList<>();
      for (Value gradient : gradients) {
        // max(x, −l) = −min(−x, l); all four overwrite their operand.
        Value below = ops.unary(UnaryFunction.MIN, limit, gradient);
        Value above = ops.unary(UnaryFunction.MIN, limit, ops.affine(below, -1, 0));
        clipped.add(ops.affine(above, -1, 0));
      }
      return clipped;
    }
  }
}
