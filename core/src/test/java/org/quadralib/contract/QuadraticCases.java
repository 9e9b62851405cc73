package org.quadralib.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.quadralib.contract.LinearCases.Convolution;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.Conv2d;
import org.quadralib.graph.op.Dense;
import org.quadralib.graph.op.LinearOp;
import org.quadralib.graph.op.NeuronType;
import org.quadralib.graph.op.Quadratic;
import org.quadralib.graph.op.RecomputeGradient;
import org.quadralib.graph.op.Window;
import org.quadralib.quadratic.QuadraticForm;
import org.quadralib.tensor.TensorType;

/**
 * Layers of every type of quadratic neuron, each traced as one composite operation (hybrid
 * back-propagation) and as its parts (automatic differentiation).
 */
final class QuadraticCases {
  private static final int[][] DENSE = {{1, 1, 1}, {5, 3, 4}, {7, 17, 9}, {9, 8, 33}};

  private static final List<Convolution> CONVOLUTIONS =
      List.of(
          new Convolution("3x3", 2, 3, 5, 4, 4, Window.square(3, 1, 1), 1),
          new Convolution("3x3 stride 2, groups 2", 2, 4, 5, 7, 6, Window.square(3, 2, 1), 2),
          new Convolution("3x3 depthwise", 2, 5, 6, 7, 5, Window.square(3, 1, 1), 5),
          new Convolution("1x1", 2, 5, 4, 3, 7, Window.square(1, 1, 0), 1),
          new Convolution(
              "2x3 dilated", 1, 2, 5, 8, 3, LinearCases.window(2, 3, 1, 2, 1, 1, 2, 1), 1),
          new Convolution("3x3 lanes + 1", 2, 9, 9, 9, 17, Window.square(3, 1, 1), 1));

  /** A layer and the types of its operands. */
  private record Layer(String name, Quadratic op, int batch, int out, int... x) {}

  private QuadraticCases() {}

  static List<ContractCase> all() {
    List<ContractCase> cases = new ArrayList<>();
    for (Layer layer : layers()) {
      boolean norm = layer.op.branchNorm().isPresent();
      // The three norms divide by deviations, and their gradients cancel.
      Bound bound = norm ? new Bound.Accumulated(16, true) : Bound.accumulated();
      int order = norm ? 1 : 2;
      cases.add(
          new ContractCase(
              Quadratic.class,
              layer.name + ", composite",
              g -> g.output(g.applyAll(layer.op, operands(g, layer)).getFirst()),
              bound,
              order));
      cases.add(
          new ContractCase(
              Quadratic.class,
              layer.name + ", parts",
              g ->
                  g.output(
                      QuadraticForm.trace(g.builder(), layer.op, operands(g, layer)).getFirst()),
              bound,
              order));
      // Once more would be slow for the larger ones.
      boolean small = layer.out < 5;
      cases.add(gradient(layer, bound, small && !norm ? 2 : 0));
    }
    cases.add(sharedWeights());
    return cases;
  }

  /** Gradients of the weights first, then of the input; every second operand is left out. */
  private static ContractCase gradient(Layer layer, Bound bound, int order) {
    return new ContractCase(
        RecomputeGradient.class,
        layer.name,
        g -> {
          List<Value> operands = operands(g, layer);
          List<Value> all = new ArrayList<>(operands);
          List<Value> results = g.applyAll(layer.op, operands);
          all.addAll(results.subList(1, results.size()));
          all.add(g.variable(results.getFirst().shape().dims()));
          List<Integer> wrt =
              IntStream.range(0, operands.size())
                  .map(i -> operands.size() - 1 - i)
                  .filter(i -> i % 2 == 0)
                  .boxed()
                  .toList();
          g.output(g.applyAll(new RecomputeGradient(layer.op, wrt), all));
        },
        bound,
        order);
  }

  /** The square of a linear map, written as a product of it with itself. */
  private static ContractCase sharedWeights() {
    Quadratic op = new Quadratic(NeuronType.T4, new Dense(1, false), false, OptionalDouble.empty());
    return ContractCase.smooth(
        Quadratic.class,
        "T4 with one weight for both factors",
        Bound.accumulated(),
        g -> {
          Value w = g.variable(4, 3);
          g.output(op, g.variable(5, 3), w, w);
        });
  }

  private static List<Layer> layers() {
    List<Layer> layers = new ArrayList<>();
    for (NeuronType type : NeuronType.values()) {
      for (boolean bias : new boolean[] {false, true}) {
        if (bias && type.biasedMaps().isEmpty()) {
          continue;
        }
        for (int[] size : DENSE) {
          layers.add(dense(type, bias, OptionalDouble.empty(), size));
        }
        // The full form has n² weights for each neuron.
        boolean full = type.maps().contains(NeuronType.Map.Q);
        CONVOLUTIONS.stream()
            .filter(c -> !full || c.out() < 17)
            .forEach(c -> layers.add(conv(type, bias, OptionalDouble.empty(), c)));
      }
    }
    for (boolean bias : new boolean[] {false, true}) {
      OptionalDouble norm = OptionalDouble.of(1e-3);
      layers.add(dense(NeuronType.QUADRA, bias, norm, 11, 17, 9));
      CONVOLUTIONS.forEach(c -> layers.add(conv(NeuronType.QUADRA, bias, norm, c)));
    }
    return layers;
  }

  private static Layer dense(NeuronType type, boolean bias, OptionalDouble norm, int... size) {
    String name = name(type, bias, norm) + " " + ElementwiseCases.dims(size);
    Quadratic op = new Quadratic(type, new Dense(1, false), bias, norm);
    return new Layer(name, op, size[0], size[2], size[0], size[1]);
  }

  private static Layer conv(NeuronType type, boolean bias, OptionalDouble norm, Convolution c) {
    LinearOp map = new Conv2d(c.w(), c.groups(), 1, false);
    Quadratic op = new Quadratic(type, map, bias, norm);
    return new Layer(name(type, bias, norm) + " " + c.name(), op, c.batch(), c.out(), c.x());
  }

  private static String name(NeuronType type, boolean bias, OptionalDouble norm) {
    return type + (bias ? " bias" : "") + (norm.isPresent() ? " norm" : "");
  }

  /** Input, weights, biases, and with branch normalisation γ and β of each branch. */
  private static List<Value> operands(CaseGraph g, Layer layer) {
    Value x = g.variable(layer.x);
    List<Value> operands = new ArrayList<>(List.of(x));
    for (NeuronType.Map map : layer.op.type().maps()) {
      TensorType weight = layer.op.firstOrderWeight(x.type(), layer.out);
      int n = weight.shape().span(1, weight.shape().rank());
      operands.add(
          map == NeuronType.Map.Q
              ? g.variable(Values.normal(0, 0.3), layer.out, n, n)
              : g.variable(Values.normal(0, 0.5), weight.shape().dims()));
    }
    if (layer.op.bias()) {
      LinearCases.variables(g, operands, layer.op.type().biasedMaps().size(), layer.out);
    }
    if (layer.op.branchNorm().isPresent()) {
      LinearCases.variables(g, operands, 2 * layer.op.type().maps().size(), layer.out);
    }
    return operands;
  }
}
