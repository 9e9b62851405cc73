package org.quadralib.contract;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.AdadeltaUpdate;
import org.quadralib.graph.op.AdamUpdate;
import org.quadralib.graph.op.AvgPool2d;
import org.quadralib.graph.op.BatchNormalize;
import org.quadralib.graph.op.BatchStatistics;
import org.quadralib.graph.op.Conv2d;
import org.quadralib.graph.op.Fold;
import org.quadralib.graph.op.GlobalNorm;
import org.quadralib.graph.op.MaxPool2d;
import org.quadralib.graph.op.MovingAverage;
import org.quadralib.graph.op.NegativeLogLikelihood;
import org.quadralib.graph.op.NeuronType;
import org.quadralib.graph.op.Op;
import org.quadralib.graph.op.Quadratic;
import org.quadralib.graph.op.SgdUpdate;
import org.quadralib.graph.op.UnaryFunction;
import org.quadralib.graph.op.Unfold;
import org.quadralib.graph.op.Window;
import org.quadralib.quadratic.QuadraticForm;
import org.quadralib.tensor.Shape;

/**
 * How the entries of {@code ops.safetensors} are computed here: operations whose formula the
 * reference backend could have wrong without anybody inside the project noticing.
 */
final class GoldenOperations {
  private static final String HYBRID = " hybrid";
  private static final double EPSILON = 1e-5;
  private static final Window UNEVEN = new Window(2, 3, 1, 2, 1, 1, 2, 1);
  private static final Shape IMAGE = Shape.of(2, 4, 7, 8);

  private final Map<String, Consumer<GoldenGraph>> recipes = new LinkedHashMap<>();

  private GoldenOperations() {
    functions();
    losses();
    normalization();
    windows();
    updates();
  }

  /** Traces each entry, by name. */
  static Map<String, Consumer<GoldenGraph>> all() {
    return new GoldenOperations().recipes;
  }

  /** What the recipe of a name is traced into. */
  static GoldenGraph graph(String name) {
    return new GoldenGraph("ops", entry(name));
  }

  /** The entry that a recipe computes; some are computed in two ways. */
  static String entry(String name) {
    return name.replace(HYBRID, "");
  }

  private void functions() {
    unary("gelu", UnaryFunction.GELU, 0);
    unary("silu", UnaryFunction.SILU, 0);
    unary("softplus", UnaryFunction.SOFTPLUS, 0);
    unary("sigmoid", UnaryFunction.SIGMOID, 0);
    unary("tanh", UnaryFunction.TANH, 0);
    unary("relu", UnaryFunction.RELU, 0);
    unary("leaky_relu", UnaryFunction.LEAKY_RELU, 0.1);
    unary("smooth_l1", UnaryFunction.SMOOTH_L1, 0.8);
    unary("exp", UnaryFunction.EXP, 0);
    unary("log", UnaryFunction.LOG, -100);
    unary("sqrt", UnaryFunction.SQRT, 0);
    unary("reciprocal", UnaryFunction.RECIPROCAL, 0);
  }

  private void unary(String name, UnaryFunction function, double a) {
    differentiable(name, 1, (g, x) -> g.ops().unary(function, a, x.get(0)));
  }

  private void losses() {
    differentiable("softmax", 1, (g, x) -> g.ops().softmax(x.get(0)));
    differentiable("log_softmax", 1, (g, x) -> g.ops().logSoftmax(x.get(0)));
    crossEntropy("cross_entropy", 0);
    crossEntropy("cross_entropy_smooth", 0.1);
    differentiable("norm", 2, (g, x) -> g.apply(new GlobalNorm(), x.get(0), x.get(1)));
  }

  private void crossEntropy(String name, double smoothing) {
    recipes.put(
        name,
        g -> {
          Value logits = g.input("x0");
          Op loss = new NegativeLogLikelihood(smoothing);
          Value y = g.apply(loss, g.ops().logSoftmax(logits), g.input("x1"));
          g.result("y0", y);
          g.result("y1", g.gradients(y, g.input("x2"), List.of(logits)).getFirst());
        });
  }

  private void normalization() {
    recipes.put(
        "batch_norm_train",
        g -> {
          List<Value> x = inputs(g, 3);
          List<Value> s = g.builder().applyAll(new BatchStatistics(), List.of(x.get(0)));
          Op op = new BatchNormalize(EPSILON, true);
          Value y = g.apply(op, x.get(0), s.get(0), s.get(1), x.get(1), x.get(2));
          results(g, 0, y, s.get(0), s.get(1));
          double m = 4 * 5 * 2;
          Value mean = g.apply(new MovingAverage(0.1, 1), g.state("x3"), s.get(0));
          Value variance = g.apply(new MovingAverage(0.1, m / (m - 1)), g.state("x4"), s.get(1));
          results(g, 3, mean, variance);
          results(g, 5, g.gradients(y, g.input("x5"), x).toArray(Value[]::new));
        });
    recipes.put(
        "batch_norm_eval",
        g -> {
          List<Value> x = inputs(g, 5);
          Op op = new BatchNormalize(EPSILON, false);
          Value y = g.apply(op, x.get(0), x.get(3), x.get(4), x.get(1), x.get(2));
          g.result("y0", y);
          Value[] gradients = g.gradients(y, g.input("x5"), x.subList(0, 3)).toArray(Value[]::new);
          results(g, 1, gradients);
        });
    Quadratic layer =
        new Quadratic(
            NeuronType.QUADRA,
            new Conv2d(Window.square(3, 1, 1), 1, 1, false),
            true,
            OptionalDouble.of(EPSILON));
    differentiable(
        "quadra_norm", 13, (g, x) -> QuadraticForm.trace(g.builder(), layer, x).getFirst());
    hybrid("quadra_norm", layer);
  }

  /** The same entry with the layer as a composite. */
  private void hybrid(String entry, Quadratic layer) {
    BiFunction<GoldenGraph, List<Value>, Value> graph =
        (g, x) -> g.builder().applyAll(layer, x).getFirst();
    recipes.put(entry + HYBRID, g -> differentiate(g, 13, graph));
  }

  private void windows() {
    Window pool = Window.square(3, 2, 1);
    Window uneven = new Window(3, 2, 1, 2, 1, 1, 2, 3);
    Window wide = new Window(3, 2, 2, 1, 1, 1, 1, 1);
    differentiable("max_pool", 1, (g, x) -> g.apply(new MaxPool2d(pool), x.get(0)));
    differentiable("max_pool_dilated", 1, (g, x) -> g.apply(new MaxPool2d(uneven), x.get(0)));
    differentiable("avg_pool", 1, (g, x) -> g.apply(new AvgPool2d(pool, false), x.get(0)));
    differentiable("avg_pool_padding", 1, (g, x) -> g.apply(new AvgPool2d(wide, true), x.get(0)));
    differentiable(
        "unfold",
        1,
        (g, x) -> g.ops().reshape(g.apply(new Unfold(UNEVEN, 1), x.get(0)), 2, 24, 28));
    differentiable(
        "fold",
        1,
        (g, x) -> g.apply(new Fold(UNEVEN, 1, IMAGE), g.ops().reshape(x.get(0), 2, 1, 24, 28)));
    Conv2d conv = new Conv2d(new Window(2, 3, 2, 1, 1, 2, 2, 1), 2, 1, true);
    differentiable("conv", 3, (g, x) -> g.apply(conv, x.get(0), x.get(1), x.get(2)));
  }

  private void updates() {
    optimizer("sgd", new SgdUpdate(0, 0.01, false), 0, 0.1f);
    optimizer("sgd_momentum", new SgdUpdate(0.9, 0.01, false), 1, 0.1f);
    optimizer("sgd_nesterov", new SgdUpdate(0.9, 0.01, true), 1, 0.1f);
    optimizer("adam", new AdamUpdate(0.9, 0.99, 1e-8, 0.1, false), 2, 0.01f);
    optimizer("adamw", new AdamUpdate(0.9, 0.99, 1e-8, 0.1, true), 2, 0.01f);
    optimizer("adadelta", new AdadeltaUpdate(0.9, 1e-6, 0.01), 2, 1);
  }

  /** Three steps in one graph, each of which updates what the last one left. */
  private void optimizer(String name, Op op, int kept, float rate) {
    recipes.put(
        name,
        g -> {
          List<Value> current = new ArrayList<>(List.of(g.state("x0")));
          for (int i = 0; i < kept; i++) {
            current.add(g.zeros("kept" + i, current.getFirst()));
          }
          for (int step = 1; step <= 3; step++) {
            List<Value> operands = new ArrayList<>(current);
            operands.add(1, g.input("x" + step));
            float c1 = (float) (1 - Math.pow(0.9, step));
            float c2 = (float) (1 - Math.pow(0.99, step));
            operands.add(
                op instanceof AdamUpdate
                    ? g.constant("steps" + step, rate, c1, c2)
                    : g.constant("steps" + step, rate));
            current = g.builder().applyAll(op, operands);
          }
          g.result("y0", current.getFirst());
        });
  }

  /** Inputs {@code x0 …}, an upstream gradient after them, one result and all its gradients. */
  private void differentiable(
      String name, int inputs, BiFunction<GoldenGraph, List<Value>, Value> graph) {
    recipes.put(name, g -> differentiate(g, inputs, graph));
  }

  private static void differentiate(
      GoldenGraph g, int inputs, BiFunction<GoldenGraph, List<Value>, Value> graph) {
    List<Value> x = inputs(g, inputs);
    Value y = graph.apply(g, x);
    g.result("y0", y);
    results(g, 1, g.gradients(y, g.input("x" + inputs), x).toArray(Value[]::new));
  }

  private static List<Value> inputs(GoldenGraph g, int count) {
    return IntStream.range(0, count).mapToObj(i -> g.input("x" + i)).toList();
  }

  private static void results(GoldenGraph g, int from, Value... values) {
    for (int i = 0; i < values.length; i++) {
      g.result("y" + (from + i), values[i]);
    }
  }
}
