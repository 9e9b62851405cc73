package org.quadralib.layers;

import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.quadralib.autodiff.Recomputed;
import org.quadralib.graph.GraphBuilder;
import org.quadralib.graph.Node;
import org.quadralib.graph.Ops;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.BatchStatistics;
import org.quadralib.graph.op.Dropout;
import org.quadralib.graph.op.StateUpdate;
import org.quadralib.memory.Category;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.TensorType;

/** One tracing of a network: records operations and collects the parameters layers declare. */
public final class Trace {
  /** Name of the graph input that drives dropout: seed and step, two INT64. */
  public static final String COUNTER = "dropout.counter";

  private final GraphBuilder graph;
  private final Mode mode;
  private final DType dtype;
  private final Function<String, Backprop> backprop;
  private final Map<String, ParameterSpec> specs = new LinkedHashMap<>();
  private final Map<String, Value> parameters = new LinkedHashMap<>();
  private final Map<String, Set<Backprop>> choices = new LinkedHashMap<>();
  private final Set<Value> recomputed = new HashSet<>();
  private final Map<Value, Value> keptInstead = new HashMap<>();
  private @Nullable Value counter;

  /**
   * A tracing into a graph.
   *
   * @param backprop how to differentiate the layer at a path; see {@link Backprop}
   */
  public Trace(GraphBuilder graph, Mode mode, DType dtype, Function<String, Backprop> backprop) {
    this.graph = graph;
    this.mode = mode;
    this.dtype = dtype;
    this.backprop = backprop;
  }

  /** The graph being recorded. */
  public GraphBuilder graph() {
    return graph;
  }

  /** Arithmetic on the graph being recorded. */
  public Ops ops() {
    return new Ops(graph);
  }

  /** Training or evaluation. */
  public Mode mode() {
    return mode;
  }

  /**
   * How the layer being traced is differentiated, if that is left to the run.
   *
   * @param known ways that make a difference to the layer; another counts as {@link
   *     Backprop#AUTODIFF}
   */
  public Backprop backprop(Set<Backprop> known) {
    choices.put(graph.scope(), Set.copyOf(known));
    Backprop choice = backprop.apply(graph.scope());
    return known.contains(choice) ? choice : Backprop.AUTODIFF;
  }

  /** The layers that leave it to the run how to be differentiated, and the ways each knows. */
  public Map<String, Set<Backprop>> choices() {
    return Collections.unmodifiableMap(choices);
  }

  /**
   * Records a part whose results are not kept for the backward pass, but computed again there.
   * Statistics of the batch are kept: they are few, and the running ones must move once.
   */
  public <T> T recomputing(Supplier<T> part) {
    int before = graph.nodes().size();
    T result = part.get();
    List<Node> nodes = graph.nodes();
    for (Node node : nodes.subList(before, nodes.size())) {
      if (!(node.op() instanceof BatchStatistics || node.op() instanceof StateUpdate)) {
        recomputed.addAll(node.outputs());
      }
    }
    return result;
  }

  /** Whether a value is not kept for the backward pass. */
  public boolean isRecomputed(Value value) {
    return recomputed.contains(value);
  }

  /** Keeps one recomputed value if the backward pass would read another that follows from it. */
  void keepInstead(Value kept, Value other) {
    keptInstead.put(kept, other);
  }

  /** What the layers so far do not keep for the backward pass. */
  public Recomputed recomputed() {
    return new Recomputed(recomputed, keptInstead);
  }

  /** Traces a part under a name, which prefixes the names of its parameters. */
  public Value child(String name, Layer layer, Value x) {
    return graph.inScope(name, () -> layer.trace(this, x));
  }

  /** Declares a parameter of a first-order map of the layer being traced. */
  public Value parameter(
      String name, Shape shape, Initializer initializer, ParameterSpec.Kind kind) {
    return parameter(name, shape, initializer, kind, ParameterSpec.Order.FIRST);
  }

  /** Declares a parameter of the layer being traced. */
  public Value parameter(
      String name,
      Shape shape,
      Initializer initializer,
      ParameterSpec.Kind kind,
      ParameterSpec.Order order) {
    String path = graph.scope().isEmpty() ? name : graph.scope() + "." + name;
    TensorType type = new TensorType(dtype, shape);
    if (specs.putIfAbsent(path, new ParameterSpec(path, type, initializer, kind, order)) != null) {
      throw new IllegalArgumentException(
          "two layers declare the parameter '" + path + "'; give them different names");
    }
    Value value = graph.state(path, type, Category.PARAMETER);
    parameters.put(path, value);
    return value;
  }

  /** Declares weights. */
  public Value weight(String name, Shape shape, Initializer initializer) {
    return parameter(name, shape, initializer, ParameterSpec.Kind.WEIGHT);
  }

  /** Declares a bias that starts at zero. */
  public Value bias(String name, int outputs) {
    return parameter(name, Shape.of(outputs), Initializer.constant(0), ParameterSpec.Kind.BIAS);
  }

  /** The counter that dropout draws its masks from, an input of the graph. */
  public Value counter() {
    if (counter == null) {
      counter = graph.input(COUNTER, Dropout.COUNTER);
    }
    return counter;
  }

  /** Whether any layer has asked for the {@link #counter()}. */
  public boolean usesCounter() {
    return counter != null;
  }

  /** The parameters declared so far, in the order of the network. */
  public List<ParameterSpec> specs() {
    return List.copyOf(specs.values());
  }

  /** The values of the declared parameters by name, in the order of the network. */
  public Map<String, Value> parameters() {
    return Collections.unmodifiableMap(parameters);
  }
}
