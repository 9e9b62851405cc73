package org.quadralib.contract;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.quadralib.autodiff.Differentiator;
import org.quadralib.graph.Graph;
import org.quadralib.graph.GraphBuilder;
import org.quadralib.graph.Ops;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.Dropout;
import org.quadralib.graph.op.Op;
import org.quadralib.memory.Category;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.TensorType;

/** Traces a case in one element type and remembers how its inputs and states are filled. */
final class CaseGraph {
  private final DType dtype;
  private final GraphBuilder builder = new GraphBuilder();
  private final Map<String, Values> feeds = new LinkedHashMap<>();
  private final List<Value> variables = new ArrayList<>();
  private List<Value> outputs = new ArrayList<>();

  private CaseGraph(DType dtype) {
    this.dtype = dtype;
  }

  /**
   * A traced case.
   *
   * @param feeds how each input and state is filled
   * @param variables inputs it can be differentiated with respect to
   */
  record Traced(Graph graph, Map<String, Values> feeds, List<String> variables) {}

  /** Traces a case in this element type; its results are the outputs {@code y0, y1, …}. */
  static Traced trace(Consumer<CaseGraph> graph, DType dtype) {
    CaseGraph traced = new CaseGraph(dtype);
    graph.accept(traced);
    for (int i = 0; i < traced.outputs.size(); i++) {
      traced.builder.output("y" + i, traced.outputs.get(i));
    }
    return new Traced(
        traced.builder.build(), traced.feeds, traced.variables.stream().map(Value::name).toList());
  }

  /** An input that the case is differentiated with respect to. */
  Value variable(Values values, int... dims) {
    Value value = constant(values, dims);
    variables.add(value);
    return value;
  }

  /** An input of normally distributed values that the case is differentiated with respect to. */
  Value variable(int... dims) {
    return variable(Values.NORMAL, dims);
  }

  /** A floating input that the case is not differentiated with respect to. */
  Value constant(Values values, int... dims) {
    return feed(values, type(dims));
  }

  /** Class labels. */
  Value labels(float... labels) {
    return feed(Values.cycle(labels), new TensorType(DType.INT32, Shape.of(labels.length)));
  }

  /** Seed and step of a dropout. */
  Value counter(float seed, float step) {
    return feed(Values.cycle(seed, step), Dropout.COUNTER);
  }

  /** Something kept from run to run, compared after the run like an output. */
  Value state(String name, Category category, Values values, int... dims) {
    feeds.put(name, values);
    return builder.state(name, type(dims), category);
  }

  /** A floating type of this trace. */
  TensorType type(int... dims) {
    return new TensorType(dtype, Shape.of(dims));
  }

  /** Applies an operation that has one result. */
  Value apply(Op op, Value... operands) {
    return builder.apply(op, operands);
  }

  /** Applies an operation. */
  List<Value> applyAll(Op op, List<Value> operands) {
    return builder.applyAll(op, operands);
  }

  /** Applies an operation, all of whose results are results of the case. */
  void output(Op op, Value... operands) {
    outputs.addAll(builder.applyAll(op, List.of(operands)));
  }

  /** Adds results of the case. */
  void output(List<Value> values) {
    outputs.addAll(values);
  }

  /** Adds a result of the case. */
  void output(Value value) {
    outputs.add(value);
  }

  /** Arithmetic. */
  Ops ops() {
    return new Ops(builder);
  }

  /** What the case is traced into. */
  GraphBuilder builder() {
    return builder;
  }

  /**
   * Replaces the outputs by their derivatives: products of upstream gradients, which become inputs,
   * with the Jacobian. The upstream gradients are variables too, for second derivatives.
   */
  void differentiate() {
    List<Value> wrt = List.copyOf(variables);
    Map<Value, Value> upstream = new HashMap<>();
    for (Value output : outputs) {
      upstream.merge(output, variable(output.shape().dims()), ops()::add);
    }
    Map<Value, Value> gradients = Differentiator.gradients(builder, upstream, wrt);
    outputs = new ArrayList<>(wrt.stream().map(gradients::get).toList());
  }

  private Value feed(Values values, TensorType type) {
    String name = "x" + feeds.size();
    feeds.put(name, values);
    return builder.input(name, type);
  }
}
