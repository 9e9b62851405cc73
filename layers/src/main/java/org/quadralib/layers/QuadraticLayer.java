package org.quadralib.layers;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.LinearOp;
import org.quadralib.graph.op.NeuronType;
import org.quadralib.graph.op.Quadratic;
import org.quadralib.quadratic.QuadraticForm;
import org.quadralib.tensor.Shape;

/** What dense and convolutional quadratic layers have in common: all but how a map is applied. */
record QuadraticLayer(
    NeuronType neuron,
    LinearOp map,
    int out,
    boolean bias,
    boolean branchNorm,
    Initializer initializer,
    Optional<Backprop> backprop,
    QuadraticStart start,
    String prefix)
    implements Layer {
  private static final Set<Backprop> WAYS = Set.of(Backprop.values());

  @Override
  public Value trace(Trace trace, Value x) {
    Quadratic op =
        new Quadratic(
            neuron,
            map,
            bias,
            branchNorm ? OptionalDouble.of(BatchNorm2d.DEFAULT_EPSILON) : OptionalDouble.empty());
    List<Value> operands = new ArrayList<>(List.of(x));
    declareMaps(trace, op, operands);
    List<Norm> norms = branchNorm ? declareNorms(trace, operands) : List.of();
    if (trace.mode() == Mode.EVALUATE) {
      List<Value> statistics = norms.stream().flatMap(n -> n.running().stream()).toList();
      return QuadraticForm.trace(trace.graph(), op, operands, statistics, false);
    }
    List<Value> results =
        switch (backprop.orElseGet(() -> trace.backprop(WAYS))) {
          case AUTODIFF -> QuadraticForm.trace(trace.graph(), op, operands);
          case HYBRID ->
              branchNorm ? hybrid(trace, op, operands) : trace.graph().applyAll(op, operands);
          case BLOCK -> trace.recomputing(() -> QuadraticForm.trace(trace.graph(), op, operands));
        };
    Value y = results.getFirst();
    for (int i = 0; i < norms.size(); i++) {
      norms.get(i).update(trace, y.shape(), results.get(1 + 2 * i), results.get(2 + 2 * i));
    }
    return y;
  }

  /**
   * With branch normalisation the gradient needs all three maps. Where a norm that follows reads
   * {@code y}, the map C takes no more memory than {@code y}, which follows from it: it is kept,
   * and A and B only are computed again.
   */
  private static List<Value> hybrid(Trace trace, Quadratic op, List<Value> operands) {
    QuadraticForm.Parts parts =
        trace.recomputing(() -> QuadraticForm.parts(trace.graph(), op, operands));
    Value c = requireNonNull(parts.terms().get(NeuronType.Map.C));
    trace.keepInstead(c, parts.results().getFirst());
    return parts.results();
  }

  private void declareMaps(Trace trace, Quadratic op, List<Value> operands) {
    Value x = operands.getFirst();
    Shape weight = op.firstOrderWeight(x.type(), out).shape();
    int n = weight.span(1, weight.rank());
    List<Value> biases = new ArrayList<>();
    for (NeuronType.Map role : neuron.maps()) {
      boolean full = role == NeuronType.Map.Q;
      String name = full ? "form" : prefix + number(role);
      Shape shape = full ? Shape.of(out, n, n) : weight;
      operands.add(trace.graph().inScope(name, () -> declareWeight(trace, role, shape)));
      if (bias && !full) {
        biases.add(trace.graph().inScope(name, () -> declareBias(trace, role)));
      }
    }
    operands.addAll(biases);
  }

  private Value declareWeight(Trace trace, NeuronType.Map role, Shape shape) {
    boolean zero = start.silences(neuron, role) && !branchNorm;
    return trace.parameter(
        "weight",
        shape,
        zero ? Initializer.constant(0) : initializer,
        ParameterSpec.Kind.WEIGHT,
        start.order(neuron, role));
  }

  private Value declareBias(Trace trace, NeuronType.Map role) {
    boolean one = start.silences(neuron, role) && role == NeuronType.Map.B && !branchNorm;
    return trace.parameter(
        "bias",
        Shape.of(out),
        Initializer.constant(one ? 1 : 0),
        ParameterSpec.Kind.BIAS,
        start.order(neuron, role));
  }

  private static int number(NeuronType.Map role) {
    return switch (role) {
      case A -> 1;
      case B -> 2;
      case C -> 3;
      case S -> 4;
      case Q -> throw new IllegalArgumentException("the full form has no number");
    };
  }

  private List<Norm> declareNorms(Trace trace, List<Value> operands) {
    List<Norm> norms = new ArrayList<>();
    for (NeuronType.Map role : neuron.maps()) {
      Norm norm = trace.graph().inScope("bn" + number(role), () -> declareNorm(trace, role));
      operands.add(norm.scale());
      operands.add(norm.shift());
      norms.add(norm);
    }
    return norms;
  }

  private Norm declareNorm(Trace trace, NeuronType.Map role) {
    boolean silent = start.silences(neuron, role);
    double shift = silent && role == NeuronType.Map.B ? 1 : 0;
    return Norm.declare(trace, out, silent ? 0 : 1, shift, start.order(neuron, role));
  }
}
