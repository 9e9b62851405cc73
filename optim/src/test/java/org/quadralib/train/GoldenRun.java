package org.quadralib.train;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.quadralib.backend.Backend;
import org.quadralib.backend.Backends;
import org.quadralib.backend.Executable;
import org.quadralib.backend.ExecutionListener;
import org.quadralib.golden.Golden;
import org.quadralib.graph.Graph;
import org.quadralib.graph.Node;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.Unary;
import org.quadralib.graph.op.UnaryFunction;
import org.quadralib.layers.Backprop;
import org.quadralib.layers.Layer;
import org.quadralib.layers.Mode;
import org.quadralib.layers.Model;
import org.quadralib.memory.TensorArena;
import org.quadralib.models.Models;
import org.quadralib.optim.Sgd;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;
import org.quadralib.vector.VectorBackend;
import org.quadralib.vector.conv.Winograd;

/**
 * The training run of {@code qresnet14-train} on a backend, in float32 or float64. What enters each
 * ReLU can be read, and changed, before the ReLU runs.
 */
final class GoldenRun implements AutoCloseable {
  static final Map<String, Tensor> GOLDEN = Golden.open("qresnet14-train");
  static final int STEPS = Math.toIntExact(GOLDEN.get("losses").elements());

  private static final String GRADIENT = "grad0.";
  private static final Shape EXAMPLE = Shape.of(3, 32, 32);
  private static final int BATCH = GOLDEN.get("x").shape().dim(0);
  private static final Layer NETWORK = Models.named("qresnet14").build(10);

  /** Looks at what enters a ReLU, named by the path of its layer. */
  interface ReluWatcher {
    void before(String relu, Tensor input);
  }

  private final Backend backend;
  private final TensorArena arena;
  private final DType dtype;
  private final Map<String, Tensor> state = new LinkedHashMap<>();
  private final Executable step;

  GoldenRun(String backendName, DType dtype, Backprop backprop) {
    this.dtype = dtype;
    Recipe recipe =
        Recipe.defaults()
            .optimizer(new Sgd().weightDecay(5e-4))
            .backprop(backprop)
            .keepGradients(true);
    Graph graph = TrainingGraph.trace(NETWORK, EXAMPLE, recipe, BATCH, dtype).graph();
    Map<String, Value> outputs = new LinkedHashMap<>(graph.outputs());
    graph.nodes().stream()
        .filter(GoldenRun::isRelu)
        .forEach(node -> outputs.put(node.scope(), node.inputs().getFirst()));
    graph = new Graph(graph.inputs(), graph.states(), graph.nodes(), outputs);
    backend = backend(backendName);
    arena = TensorArena.root("golden " + backendName);
    for (Value value : graph.states()) {
      state.put(value.name(), arena.allocate(value.name(), value.category(), value.type()));
    }
    Golden.open("qresnet14-random")
        .forEach(
            (name, tensor) -> {
              if (state.containsKey(name)) {
                copy(tensor, state.get(name));
              }
            });
    step = backend.compile(backend.plan(graph), arena, state);
    copy(GOLDEN.get("x"), step.input(Model.INPUT));
    Tensor target = step.input(TrainingGraph.TARGET);
    for (long i = 0; i < target.elements(); i++) {
      target.setLong(i, GOLDEN.get("labels").getLong(i));
    }
    step.input(TrainingGraph.stepSizesOf(0)).set(0, 0.01);
  }

  /** A Winograd algorithm trades digits for speed: without it unless asked for. */
  private static Backend backend(String name) {
    return switch (name) {
      case "vector" -> new VectorBackend(2, Winograd.OFF);
      case "winograd" -> new VectorBackend(2, Winograd.TILES_OF_4);
      default -> Backends.named(name, 2);
    };
  }

  private static boolean isRelu(Node node) {
    return node.op() instanceof Unary unary && unary.function() == UnaryFunction.RELU;
  }

  /** Runs one step and returns its loss. */
  double run(ReluWatcher watcher) {
    step.run(
        new ExecutionListener() {
          @Override
          public void before(int position, Node node) {
            if (isRelu(node)) {
              watcher.before(node.scope(), step.output(node.scope()));
            }
          }
        });
    return step.output(TrainingGraph.LOSS).get(0);
  }

  /** Parameters, running statistics and momentum. */
  Map<String, Tensor> state() {
    return state;
  }

  /** Takes over a state of any precision. */
  void load(Map<String, Tensor> other) {
    other.forEach((name, tensor) -> copy(tensor, state.get(name)));
  }

  /** The gradients of the last step by parameter. */
  Map<String, Tensor> gradients() {
    Map<String, Tensor> gradients = new TreeMap<>();
    goldenGradients()
        .keySet()
        .forEach(name -> gradients.put(name, step.output(TrainingGraph.gradientOf(name))));
    return gradients;
  }

  /** PyTorch's gradients of the first step by parameter. */
  static Map<String, Tensor> goldenGradients() {
    Map<String, Tensor> gradients = new TreeMap<>();
    GOLDEN.forEach(
        (name, tensor) -> {
          if (name.startsWith(GRADIENT)) {
            gradients.put(name.substring(GRADIENT.length()), tensor);
          }
        });
    return gradients;
  }

  /** Compares what the network gives for the batch, with running statistics. */
  void compareEvaluation(String name, GoldenErrors errors, double tolerance) {
    Model.Traced traced =
        Model.trace(NETWORK, EXAMPLE, BATCH, Mode.EVALUATE, dtype, path -> Backprop.AUTODIFF);
    traced.graph().output(TrainingGraph.LOGITS, traced.output());
    try (TensorArena child = arena.child("evaluation")) {
      Executable evaluation = backend.compile(backend.plan(traced.graph().build()), child, state);
      copy(GOLDEN.get("x"), evaluation.input(Model.INPUT));
      evaluation.run();
      errors.compare(name, evaluation.output(TrainingGraph.LOGITS), GOLDEN.get(name), tolerance);
    }
  }

  static void copy(Tensor source, Tensor target) {
    for (long i = 0; i < source.elements(); i++) {
      target.set(i, source.get(i));
    }
  }

  @Override
  public void close() {
    arena.close();
    backend.close();
  }
}
