package org.quadralib.autodiff;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.quadralib.graph.GraphBuilder;
import org.quadralib.graph.Ops;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.BatchNormGradient;
import org.quadralib.graph.op.BatchNormalize;
import org.quadralib.graph.op.BatchStatistics;
import org.quadralib.graph.op.Conv2dStatistics;
import org.quadralib.graph.op.Fused;
import org.quadralib.graph.op.FusedConv2d;
import org.quadralib.graph.op.FusedNormalize;
import org.quadralib.graph.op.NormalizedForm;
import org.quadralib.graph.op.QuadraticNormGradient;
import org.quadralib.graph.op.UnaryFunction;

/** The operations that a fused one stands for. */
final class FusedParts {
  private final GraphBuilder graph;
  private final Ops ops;

  private FusedParts(GraphBuilder graph) {
    this.graph = graph;
    ops = new Ops(graph);
  }

  static List<Value> trace(GraphBuilder graph, Fused op, List<Value> operands) {
    FusedParts parts = new FusedParts(graph);
    return switch (op) {
      case Conv2dStatistics conv -> parts.statistics(conv, operands);
      case FusedConv2d conv -> List.of(parts.convolution(conv, operands));
      case FusedNormalize norm -> {
        int maps = norm.form().maps();
        yield List.of(
            parts.form(
                norm.form(), operands.subList(0, maps), operands.subList(maps, operands.size())));
      }
      case QuadraticNormGradient gradient -> parts.gradient(gradient.epsilon(), operands);
    };
  }

  private List<Value> statistics(Conv2dStatistics op, List<Value> operands) {
    List<Value> maps = graph.applyAll(op.convolution(), operands);
    List<Value> results = new ArrayList<>(maps);
    maps.forEach(map -> results.addAll(graph.applyAll(new BatchStatistics(), List.of(map))));
    return results;
  }

  private Value convolution(FusedConv2d op, List<Value> operands) {
    int own = op.convolutionOperands();
    List<Value> maps = graph.applyAll(op.convolution(), operands.subList(0, own));
    return form(op.form(), maps, operands.subList(own, operands.size()));
  }

  private Value form(NormalizedForm form, List<Value> maps, List<Value> operands) {
    List<Value> terms = new ArrayList<>();
    for (int i = 0; i < maps.size(); i++) {
      terms.add(normalize(form.mapNorm(), maps.get(i), operands, i * NormalizedForm.NORM));
    }
    Value y = terms.get(0);
    if (terms.size() == 2) {
      y = ops.mul(y, terms.get(1));
    } else if (terms.size() == 3) {
      y = ops.mulAdd(y, terms.get(1), terms.get(2));
    }
    y = normalize(form.norm(), y, operands, form.normAt());
    if (form.addend()) {
      y = ops.add(y, operands.getLast());
    }
    return form.relu() ? ops.unary(UnaryFunction.RELU, y) : y;
  }

  private Value normalize(OptionalDouble epsilon, Value x, List<Value> operands, int at) {
    return epsilon.isEmpty() ? x : normalize(epsilon.getAsDouble(), x, operands, at);
  }

  private Value normalize(double epsilon, Value x, List<Value> operands, int at) {
    return graph.apply(
        new BatchNormalize(epsilon, false),
        x,
        operands.get(at),
        operands.get(at + 1),
        operands.get(at + 2),
        operands.get(at + 3));
  }

  private List<Value> gradient(double epsilon, List<Value> operands) {
    Value g = operands.getFirst();
    int vectors = QuadraticNormGradient.TENSORS;
    Value a = normalize(epsilon, operands.get(1), operands, vectors);
    Value b = normalize(epsilon, operands.get(2), operands, vectors + NormalizedForm.NORM);
    List<Value> upstream = List.of(ops.mul(g, b), ops.mul(g, a), g);
    List<Value> results = new ArrayList<>();
    for (int map = 0; map < QuadraticNormGradient.MAPS; map++) {
      int at = vectors + map * NormalizedForm.NORM;
      List<Value> own =
          List.of(
              upstream.get(map),
              operands.get(1 + map),
              operands.get(at),
              operands.get(at + 1),
              operands.get(at + 2));
      results.addAll(graph.applyAll(new BatchNormGradient(epsilon), own));
    }
    return results;
  }
}
