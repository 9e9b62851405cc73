package org.quadralib.contract;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.quadralib.autodiff.Differentiator;
import org.quadralib.backend.Backend;
import org.quadralib.golden.Golden;
import org.quadralib.graph.GraphBuilder;
import org.quadralib.graph.Ops;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.Op;
import org.quadralib.memory.Category;
import org.quadralib.plan.Plan;
import org.quadralib.tensor.Tensor;
import org.quadralib.tensor.TensorType;

/**
 * A float32 graph fed from an entry of a golden file, whose results are compared with those of the
 * entry.
 */
final class GoldenGraph {
  private static final double CANCELLED = 1e-9;

  private final Map<String, Tensor> file;
  private final String entry;
  private final GraphBuilder builder = new GraphBuilder();
  private final Map<String, float[]> feeds = new HashMap<>();
  private final Map<String, Tensor> expected = new LinkedHashMap<>();

  GoldenGraph(String file, String entry) {
    this.file = Golden.open(file);
    this.entry = entry;
  }

  /** An input of the entry. */
  Value input(String name) {
    Tensor tensor = golden(name);
    return builder.input(name, feed(name, tensor));
  }

  /** State that starts as an input of the entry. */
  Value state(String name) {
    return builder.state(name, feed(name, golden(name)), Category.PARAMETER);
  }

  /** State that starts as zeros. */
  Value zeros(String name, Value like) {
    feeds.put(name, new float[(int) like.shape().elements()]);
    return builder.state(name, like.type(), Category.OPTIMIZER);
  }

  /** An input that is not in the file. */
  Value constant(String name, float... values) {
    feeds.put(name, values);
    return builder.input(name, TensorType.float32(values.length));
  }

  /** Says which result of the entry a value must be equal to. */
  void result(String name, Value value) {
    expected.put(name, golden(name));
    builder.output(name, value);
  }

  /** Applies an operation that has one result. */
  Value apply(Op op, Value... operands) {
    return builder.apply(op, operands);
  }

  Ops ops() {
    return new Ops(builder);
  }

  GraphBuilder builder() {
    return builder;
  }

  /** Gradients of {@code y} for an upstream gradient. */
  List<Value> gradients(Value y, Value upstream, List<Value> wrt) {
    Map<Value, Value> gradients = Differentiator.gradients(builder, Map.of(y, upstream), wrt);
    List<Value> result = new ArrayList<>();
    wrt.forEach(value -> result.add(gradients.get(value)));
    return result;
  }

  /** Names of the results to be compared. */
  Set<String> results() {
    return expected.keySet();
  }

  /**
   * For every result the largest error, relative to the largest expected value of the same tensor.
   * A tensor whose terms all cancel, as the gradient of a bias before a norm, is measured by the
   * largest value of all results.
   */
  Map<String, Double> errors(Backend backend, Plan plan) {
    Map<String, double[]> actual;
    try (CaseRun run = new CaseRun(backend, plan)) {
      actual = run.run(feeds);
    }
    double all = expected.values().stream().mapToDouble(GoldenGraph::largest).max().orElseThrow();
    Map<String, Double> errors = new LinkedHashMap<>();
    expected.forEach(
        (name, tensor) -> {
          double own = largest(tensor);
          double scale = own < CANCELLED * all ? all : own;
          errors.put(name, error(tensor, actual.get(name)) / scale);
        });
    return errors;
  }

  private Tensor golden(String name) {
    return file.get(entry + "." + name);
  }

  private TensorType feed(String name, Tensor tensor) {
    feeds.put(name, tensor.toFloats());
    return tensor.type();
  }

  private static double largest(Tensor tensor) {
    return LongStream.range(0, tensor.elements())
        .mapToDouble(i -> Math.abs(tensor.get(i)))
        .max()
        .orElse(0);
  }

  private static double error(Tensor expected, double[] actual) {
    double error = expected.elements() == actual.length ? 0 : Double.POSITIVE_INFINITY;
    for (int i = 0; i < actual.length; i++) {
      double difference = Math.abs(expected.get(i) - actual[i]);
      error = Math.max(error, Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference);
    }
    return error;
  }
}
