package org.quadralib.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.BatchNormGradient;
import org.quadralib.graph.op.BatchNormalize;
import org.quadralib.graph.op.Binary;
import org.quadralib.graph.op.Dropout;
import org.quadralib.graph.op.MulAdd;
import org.quadralib.graph.op.Op;
import org.quadralib.graph.op.Reshape;
import org.quadralib.graph.op.Softmax;
import org.quadralib.graph.op.Unary;
import org.quadralib.graph.op.UnaryFunction;
import org.quadralib.graph.op.UnaryGradient;
import org.quadralib.tensor.Shape;

/**
 * Operations that may write over an operand, in every situation: the operand dies here; it is read
 * later; it is read later under another shape; it is both operands; it is an input of the graph.
 */
final class InPlaceCases {
  private static final int[] SHAPE = {6, 9};

  /** Applies an operation to two tensors of {@link #SHAPE}. */
  private record Subject(Op op, BiFunction<CaseGraph, List<Value>, Value> apply) {}

  private InPlaceCases() {}

  static List<ContractCase> all() {
    List<ContractCase> cases = new ArrayList<>();
    for (Subject subject : subjects()) {
      add(cases, subject, "operands die", false, false);
      add(cases, subject, "operands are read later", true, false);
      add(cases, subject, "operands are read later, reshaped", true, true);
      cases.add(
          plain(
              subject,
              "operands are one",
              g -> {
                Value x = g.ops().affine(g.constant(Values.NORMAL, SHAPE), 0.5, 0.25);
                Value y = subject.apply.apply(g, List.of(x, x));
                g.output(g.ops().affine(y, 2, 0));
              }));
      cases.add(
          plain(
              subject,
              "operands are inputs",
              g -> {
                Value x = g.constant(Values.NORMAL, SHAPE);
                Value y = subject.apply.apply(g, List.of(x, g.constant(Values.NORMAL, SHAPE)));
                g.output(g.ops().affine(y, 2, 0));
                g.output(g.ops().affine(x, 3, 0));
              }));
    }
    return cases;
  }

  private static void add(
      List<ContractCase> cases, Subject subject, String name, boolean later, boolean reshaped) {
    cases.add(
        plain(
            subject,
            name,
            g -> {
              Value a = g.ops().affine(g.constant(Values.NORMAL, SHAPE), 0.5, 0.25);
              Value b = g.ops().affine(g.constant(Values.NORMAL, SHAPE), -0.5, 0.5);
              Value alias = reshaped ? g.apply(new Reshape(Shape.of(54)), a) : a;
              Value y = subject.apply.apply(g, List.of(a, b));
              g.output(g.ops().affine(y, 2, 0));
              if (later) {
                g.output(g.ops().affine(alias, 3, 0));
                g.output(g.ops().affine(b, 3, 0));
              }
            }));
  }

  private static ContractCase plain(
      Subject subject, String name, java.util.function.Consumer<CaseGraph> graph) {
    return ContractCase.plain(
        subject.op.getClass(),
        subject.op.name() + " in place, " + name,
        new Bound.Accumulated(8, false),
        graph);
  }

  private static List<Subject> subjects() {
    return List.of(
        first(new Unary(UnaryFunction.GELU, 0, 0)),
        first(new Softmax(false)),
        first(new Softmax(true)),
        two(new UnaryGradient(UnaryFunction.TANH, 0, 0)),
        two(new UnaryGradient(UnaryFunction.SILU, 0, 0)),
        two(new Binary(Binary.Function.SUB)),
        two(new Binary(Binary.Function.MUL)),
        new Subject(new MulAdd(), (g, v) -> g.apply(new MulAdd(), v.get(0), v.get(1), v.get(1))),
        new Subject(
            new Dropout(0.4, 1), (g, v) -> g.apply(new Dropout(0.4, 1), v.get(0), g.counter(3, 5))),
        new Subject(
            new BatchNormalize(1e-3, false),
            (g, v) ->
                g.apply(
                    new BatchNormalize(1e-3, false),
                    v.get(0),
                    g.constant(Values.NORMAL, SHAPE[1]),
                    g.constant(Values.POSITIVE, SHAPE[1]),
                    g.constant(Values.NORMAL, SHAPE[1]),
                    g.constant(Values.NORMAL, SHAPE[1]))),
        new Subject(
            new BatchNormGradient(1e-3),
            (g, v) ->
                g.apply(
                    new BatchNormGradient(1e-3),
                    v.get(0),
                    v.get(1),
                    g.constant(Values.NORMAL, SHAPE[1]),
                    g.constant(Values.POSITIVE, SHAPE[1]),
                    g.constant(Values.NORMAL, SHAPE[1]))));
  }

  private static Subject first(Op op) {
    return new Subject(op, (g, v) -> g.apply(op, v.get(0)));
  }

  private static Subject two(Op op) {
    return new Subject(op, (g, v) -> g.apply(op, v.get(0), v.get(1)));
  }
}
