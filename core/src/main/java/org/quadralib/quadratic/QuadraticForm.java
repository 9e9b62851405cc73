package org.quadralib.quadratic;

import static java.util.Objects.requireNonNull;
import static org.quadralib.graph.op.NeuronType.Map.A;
import static org.quadralib.graph.op.NeuronType.Map.B;
import static org.quadralib.graph.op.NeuronType.Map.C;
import static org.quadralib.graph.op.NeuronType.Map.Q;
import static org.quadralib.graph.op.NeuronType.Map.S;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.quadralib.graph.GraphBuilder;
import org.quadralib.graph.Ops;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.BatchNormalize;
import org.quadralib.graph.op.BatchStatistics;
import org.quadralib.graph.op.Conv2d;
import org.quadralib.graph.op.LinearOp;
import org.quadralib.graph.op.NeuronType;
import org.quadralib.graph.op.Quadratic;
import org.quadralib.graph.op.Unfold;
import org.quadralib.tensor.Shape;

/**
 * What each type of quadratic neuron computes, written once for dense and convolutional layers in
 * terms of first-order operations. Traced directly it is a layer under automatic differentiation;
 * expanded from {@link Quadratic} it is the same layer under hybrid back-propagation.
 */
public final class QuadraticForm {
  private final GraphBuilder graph;
  private final Ops ops;
  private final Quadratic layer;
  private final Value x;
  private final Map<NeuronType.Map, Value> weights = new EnumMap<>(NeuronType.Map.class);
  private final Map<NeuronType.Map, Value> biases = new EnumMap<>(NeuronType.Map.class);
  private final List<Value> scales; // γ and β of each branch

  private QuadraticForm(GraphBuilder graph, Quadratic layer, List<Value> operands) {
    this.graph = graph;
    this.ops = new Ops(graph);
    this.layer = layer;
    this.x = operands.getFirst();
    int next = 1;
    for (NeuronType.Map map : layer.type().maps()) {
      weights.put(map, operands.get(next++));
    }
    if (layer.bias()) {
      for (NeuronType.Map map : layer.type().biasedMaps()) {
        biases.put(map, operands.get(next++));
      }
    }
    this.scales = operands.subList(next, operands.size());
  }

  /**
   * Traces the layer in training mode.
   *
   * @param operands as {@link Quadratic} takes them
   * @return its results: {@code y}, and with branch normalisation mean and variance of each branch
   */
  public static List<Value> trace(GraphBuilder graph, Quadratic layer, List<Value> operands) {
    return parts(graph, layer, operands).results();
  }

  /**
   * A layer traced as its parts.
   *
   * @param results as {@link Quadratic} gives them
   * @param terms by map, before normalisation
   */
  public record Parts(List<Value> results, Map<NeuronType.Map, Value> terms) {
    /** Copies the collections. */
    public Parts {
      results = List.copyOf(results);
      terms = Map.copyOf(terms);
    }
  }

  /** Traces the layer in training mode and shows its terms. */
  public static Parts parts(GraphBuilder graph, Quadratic layer, List<Value> operands) {
    QuadraticForm form = new QuadraticForm(graph, layer, operands);
    Map<NeuronType.Map, Value> terms = form.terms();
    return new Parts(form.results(terms, List.of(), true), terms);
  }

  /**
   * Traces the layer with statistics that are known already.
   *
   * @param statistics mean and variance of each branch; empty without branch normalisation
   * @param ofThisBatch whether they are those of the operands themselves, so that derivatives run
   *     through them, or constants (evaluation)
   * @return {@code y}
   */
  public static Value trace(
      GraphBuilder graph,
      Quadratic layer,
      List<Value> operands,
      List<Value> statistics,
      boolean ofThisBatch) {
    QuadraticForm form = new QuadraticForm(graph, layer, operands);
    return form.results(form.terms(), statistics, ofThisBatch).getFirst();
  }

  private List<Value> results(
      Map<NeuronType.Map, Value> maps, List<Value> statistics, boolean ofThisBatch) {
    List<Value> results = new ArrayList<>();
    Map<NeuronType.Map, Value> terms = new EnumMap<>(maps);
    if (layer.branchNorm().isPresent()) {
      results.addAll(statistics);
      int branch = 0;
      for (NeuronType.Map map : layer.type().maps()) {
        Value term = requireNonNull(terms.get(map));
        if (statistics.isEmpty()) {
          results.addAll(graph.applyAll(new BatchStatistics(), List.of(term)));
        }
        terms.put(
            map,
            graph.apply(
                new BatchNormalize(layer.branchNorm().getAsDouble(), ofThisBatch),
                term,
                results.get(2 * branch),
                results.get(2 * branch + 1),
                scales.get(2 * branch),
                scales.get(2 * branch + 1)));
        branch++;
      }
    }
    results.addFirst(combine(terms));
    return results;
  }

  private Value combine(Map<NeuronType.Map, Value> terms) {
    Function<NeuronType.Map, Value> term = map -> requireNonNull(terms.get(map));
    return switch (layer.type()) {
      case FIRST_ORDER -> term.apply(C);
      case T1 -> ops.add(term.apply(Q), term.apply(C));
      case T1_PURE -> term.apply(Q);
      case T2 -> term.apply(S);
      case T3 -> ops.square(term.apply(A));
      case T4 -> ops.mul(term.apply(A), term.apply(B));
      case T1_AND_2 -> ops.add(term.apply(Q), term.apply(S));
      case T2_AND_4 -> ops.mulAdd(term.apply(A), term.apply(B), term.apply(S));
      case QUADRA -> ops.mulAdd(term.apply(A), term.apply(B), term.apply(C));
    };
  }

  private Map<NeuronType.Map, Value> terms() {
    Map<NeuronType.Map, Value> terms = new EnumMap<>(NeuronType.Map.class);
    List<NeuronType.Map> ofX =
        layer.type().maps().stream().filter(map -> map != S && map != Q).toList();
    if (!ofX.isEmpty()) {
      List<Value> results = linear(x, ofX);
      for (int i = 0; i < ofX.size(); i++) {
        terms.put(ofX.get(i), results.get(i));
      }
    }
    if (weights.containsKey(S)) {
      terms.put(S, linear(ops.square(x), List.of(S)).getFirst());
    }
    if (weights.get(Q) instanceof Value wq) {
      terms.put(Q, fullForm(wq));
    }
    return terms;
  }

  private List<Value> linear(Value input, List<NeuronType.Map> maps) {
    LinearOp op = layer.map().forward(maps.size(), layer.bias());
    List<Value> operands = new ArrayList<>(List.of(input));
    maps.forEach(map -> operands.add(weights.get(map)));
    if (layer.bias()) {
      maps.forEach(map -> operands.add(biases.get(map)));
    }
    return graph.applyAll(op, operands);
  }

  /**
   * {@code xᵀ Wq x} for the patch at each position: {@code Wq} is a first-order map with {@code n}
   * results for each neuron, whose product with the patch is summed over those {@code n}.
   */
  private Value fullForm(Value wq) {
    int out = wq.shape().dim(0);
    int n = wq.shape().dim(1);
    Shape weight = layer.firstOrderWeight(x.type(), out * n).shape();
    Value mapped = graph.apply(layer.map().forward(1, false), x, ops.reshape(wq, weight));
    int batch = x.shape().dim(0);
    if (layer.map() instanceof Conv2d conv) {
      int groups = conv.groups();
      Value patches = graph.apply(new Unfold(conv.window(), groups), x);
      int positions = patches.shape().dim(3);
      Value product =
          ops.mul(
              ops.reshape(mapped, batch, groups, out / groups, n, positions),
              ops.reshape(patches, batch, groups, 1, n, positions));
      return ops.reshape(ops.sum(product, 3), mapped.shape().with(1, out));
    }
    Value product = ops.mul(ops.reshape(mapped, batch, out, n), ops.reshape(x, batch, 1, n));
    return ops.reshape(ops.sum(product, 2), batch, out);
  }
}
