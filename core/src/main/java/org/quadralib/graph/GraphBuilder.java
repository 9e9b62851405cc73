package org.quadralib.graph;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.quadralib.graph.op.Op;
import org.quadralib.graph.op.StateUpdate;
import org.quadralib.memory.Category;
import org.quadralib.tensor.ShapeException;
import org.quadralib.tensor.TensorType;

/** Records operations into a {@link Graph}, checking shapes as it goes. */
public final class GraphBuilder {
  private final List<Value> inputs = new ArrayList<>();
  private final List<Value> states = new ArrayList<>();
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Value> outputs = new LinkedHashMap<>();
  private final Set<String> names = new HashSet<>();
  private Phase phase = Phase.FORWARD;
  private String scope = "";
  private int nextId;

  /** A value fed before each run under {@code name}. */
  public Value input(String name, TensorType type) {
    Value value = declare(name, type, Value.Source.INPUT, Category.INPUT);
    inputs.add(value);
    return value;
  }

  /** A value kept from run to run under {@code name}. */
  public Value state(String name, TensorType type, Category category) {
    Value value = declare(name, type, Value.Source.STATE, category);
    states.add(value);
    return value;
  }

  /** Applies an operation that has one result. */
  public Value apply(Op op, Value... operands) {
    return applyAll(op, List.of(operands)).getFirst();
  }

  /**
   * Applies an operation.
   *
   * @throws ShapeException if the operands do not fit, naming the layer
   */
  public List<Value> applyAll(Op op, List<Value> operands) {
    List<TensorType> types;
    try {
      types = op.infer(operands.stream().map(Value::type).toList());
    } catch (ShapeException e) {
      throw scope.isEmpty() ? e : new ShapeException("layer '" + scope + "': " + e.getMessage());
    }
    List<Value> results = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      Category category =
          op instanceof StateUpdate update
              ? operands.get(update.stateOperand(i)).category()
              : phase == Phase.FORWARD || phase == Phase.RECOMPUTE
                  ? Category.ACTIVATION
                  : Category.GRADIENT;
      String base = (scope.isEmpty() ? "" : scope + "/") + op.name();
      results.add(declare(base + "#" + nextId, types.get(i), Value.Source.NODE, category));
    }
    nodes.add(new Node(op, operands, results, phase, scope));
    return results;
  }

  /** Marks a value to be read after a run under {@code name}. */
  public void output(String name, Value value) {
    if (outputs.putIfAbsent(name, value) != null) {
      throw new IllegalArgumentException("there is an output '" + name + "' already");
    }
  }

  /** Runs a part of the tracing as belonging to a layer; paths nest with dots. */
  public <T> T inScope(String name, Supplier<T> part) {
    String outer = scope;
    scope = outer.isEmpty() ? name : name.isEmpty() ? outer : outer + "." + name;
    try {
      return part.get();
    } finally {
      scope = outer;
    }
  }

  /** Runs a part of the tracing in exactly this scope and phase, whatever the current ones. */
  public <T> T at(Phase partPhase, String partScope, Supplier<T> part) {
    Phase outerPhase = phase;
    String outerScope = scope;
    phase = partPhase;
    scope = partScope;
    try {
      return part.get();
    } finally {
      phase = outerPhase;
      scope = outerScope;
    }
  }

  /** The part of the step being traced. */
  public Phase phase() {
    return phase;
  }

  /** Path of the layer being traced. */
  public String scope() {
    return scope;
  }

  /** The nodes so far. */
  public List<Node> nodes() {
    return List.copyOf(nodes);
  }

  /** The graph recorded so far. */
  public Graph build() {
    return new Graph(inputs, states, nodes, outputs);
  }

  private Value declare(String name, TensorType type, Value.Source source, Category category) {
    if (!names.add(name)) {
      throw new IllegalArgumentException("there is a value '" + name + "' already");
    }
    return new Value(nextId++, name, type, source, category);
  }
}
