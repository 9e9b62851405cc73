package org.quadralib.lowering;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.quadralib.autodiff.Differentiator;
import org.quadralib.autodiff.Recomputed;
import org.quadralib.graph.Graph;
import org.quadralib.graph.GraphBuilder;
import org.quadralib.graph.Node;
import org.quadralib.graph.Ops;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.BatchNormalize;
import org.quadralib.graph.op.BatchStatistics;
import org.quadralib.graph.op.Conv2d;
import org.quadralib.graph.op.FusedConv2d;
import org.quadralib.graph.op.FusedNormalize;
import org.quadralib.graph.op.NormalizedForm;
import org.quadralib.graph.op.QuadraticNormGradient;
import org.quadralib.graph.op.UnaryFunction;
import org.quadralib.graph.op.Window;
import org.quadralib.memory.Category;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.TensorType;

class FusionTest {
  private static final OptionalDouble EPSILON = OptionalDouble.of(1e-5);
  private static final OptionalDouble NONE = OptionalDouble.empty();

  private final GraphBuilder builder = new GraphBuilder();
  private final Ops ops = new Ops(builder);
  private final Value x = builder.input("x", type(2, 4, 6, 6));

  @Test
  void aQuadraticBlockInEvaluationIsOneOperation() {
    List<Value> maps = convolution(3).stream().map(map -> normalize(map, constants())).toList();
    Value y = normalize(ops.mulAdd(maps.get(0), maps.get(1), maps.get(2)), constants());
    builder.output("y", ops.unary(UnaryFunction.RELU, ops.add(y, x)));
    Graph fused = fuse();
    assertEquals(
        List.of(
            new FusedConv2d(
                new Conv2d(Window.square(3, 1, 1), 1, 3, false),
                new NormalizedForm(3, EPSILON, EPSILON, true, true))),
        fused.nodes().stream().map(Node::op).toList());
    assertEquals(counts(builder.build()), counts(Lowering.lower(fused, op -> false)));
  }

  @Test
  void statisticsAreTakenByTheConvolution() {
    List<Value> maps = convolution(3);
    for (Value map : maps) {
      List<Value> statistics = builder.applyAll(new BatchStatistics(), List.of(map));
      builder.output("mean" + maps.indexOf(map), statistics.get(0));
      builder.output("variance" + maps.indexOf(map), statistics.get(1));
      builder.output("map" + maps.indexOf(map), map);
    }
    Graph fused = fuse();
    assertEquals(Map.of("Conv2dStatistics", 1L), counts(fused));
    assertEquals(counts(builder.build()), counts(Lowering.lower(fused, op -> false)));
  }

  @Test
  void aMapWithoutStatisticsLeavesTheConvolutionAlone() {
    List<Value> maps = convolution(2);
    builder.output("mean", builder.applyAll(new BatchStatistics(), List.of(maps.get(0))).get(0));
    builder.output("sum", ops.add(maps.get(0), maps.get(1)));
    assertEquals(counts(builder.build()), counts(fuse()));
  }

  @Test
  void aMapThatIsReadTwiceIsStored() {
    Value map = convolution(1).getFirst();
    builder.output("y", normalize(map, constants()));
    builder.output("z", ops.square(map));
    assertEquals(counts(builder.build()), counts(fuse()));
  }

  @Test
  void anOutputInTheMiddleIsKept() {
    Value y = normalize(convolution(1).getFirst(), constants());
    builder.output("normalised", y);
    builder.output("y", ops.unary(UnaryFunction.RELU, y));
    assertEquals(Map.of("FusedConv2d", 1L, "Unary.RELU", 1L), counts(fuse()));
  }

  @Test
  void whatABackendDoesNotRunIsLeftAsItWas() {
    builder.output("y", normalize(convolution(1).getFirst(), constants()));
    Graph graph = builder.build();
    assertEquals(counts(graph), counts(Fusion.fuse(graph, op -> false)));
  }

  @Test
  void inTrainingTheBranchesAreNeitherStoredForwardNorBackward() {
    List<Value> normalized = normalizedBranches(convolution(3));
    differentiate(ops.mulAdd(normalized.get(0), normalized.get(1), normalized.get(2)), Set.of());
    Graph fused = fuse();
    assertEquals(
        Map.of(
            "Conv2dStatistics", 1L,
            "FusedNormalize", 1L,
            "QuadraticNormGradient", 1L,
            "Conv2dInputGradient", 1L),
        counts(fused));
    FusedNormalize forward = find(fused, FusedNormalize.class);
    assertEquals(new NormalizedForm(3, EPSILON, NONE, false, false), forward.form());
    assertEquals(1e-5, find(fused, QuadraticNormGradient.class).epsilon());
  }

  @Test
  void branchesThatAreComputedAgainAreDifferentiatedAtOnceToo() {
    List<Value> maps = convolution(3);
    List<Value> normalized = normalizedBranches(maps);
    Set<Value> forgotten = new HashSet<>(normalized);
    forgotten.addAll(maps.subList(0, 2));
    differentiate(ops.mulAdd(normalized.get(0), normalized.get(1), normalized.get(2)), forgotten);
    assertEquals(
        Map.of(
            "Conv2dStatistics", 1L,
            "Conv2d", 1L,
            "FusedNormalize", 1L,
            "QuadraticNormGradient", 1L,
            "Conv2dInputGradient", 1L),
        counts(fuse()));
  }

  @Test
  void branchesThatAreComputedAgainOnlyLaterAreNot() {
    List<Value> maps = convolution(3);
    List<Value> normalized = normalizedBranches(maps.subList(0, 2));
    Value product = ops.mul(normalized.get(0), normalized.get(1));
    // The gradient of what is recorded last comes first.
    Value c = normalizedBranches(maps.subList(2, 3)).getFirst();
    Set<Value> forgotten = new HashSet<>(normalized);
    forgotten.addAll(maps.subList(0, 2));
    differentiate(ops.add(product, c), forgotten);
    assertEquals(3L, counts(fuse()).get("BatchNormGradient"));
  }

  private List<Value> normalizedBranches(List<Value> maps) {
    List<Value> normalized = new ArrayList<>();
    for (Value map : maps) {
      List<Value> norm = new ArrayList<>(builder.applyAll(new BatchStatistics(), List.of(map)));
      norm.addAll(constants().subList(2, 4));
      normalized.add(normalize(map, norm));
    }
    return normalized;
  }

  /** Makes the result and its gradient outputs of the graph. */
  private void differentiate(Value y, Set<Value> forgotten) {
    Value g = builder.input("g", y.type());
    builder.output("y", y);
    Recomputed recomputed = new Recomputed(forgotten, Map.of());
    builder.output(
        "dx", Differentiator.gradients(builder, Map.of(y, g), List.of(x), recomputed).get(x));
  }

  @Test
  void theGradientOfABiasBeforeANormalisationIsZero() {
    Value bias = state(4);
    Value weight = state(4, 4, 3, 3);
    Value map = builder.apply(new Conv2d(Window.square(3, 1, 1), 1, 1, true), x, weight, bias);
    List<Value> norm = new ArrayList<>(builder.applyAll(new BatchStatistics(), List.of(map)));
    norm.addAll(constants().subList(2, 4));
    Value y = normalize(map, norm);
    Value g = builder.input("g", y.type());
    builder.output("db", Differentiator.gradients(builder, Map.of(y, g), List.of(bias)).get(bias));
    assertEquals(Map.of("Fill", 1L, "Reshape", 1L), counts(fuse()));
  }

  private static <T> T find(Graph graph, Class<T> type) {
    return graph.nodes().stream()
        .map(Node::op)
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst()
        .orElseThrow();
  }

  private Graph fuse() {
    return Fusion.fuse(builder.build(), op -> true);
  }

  private static Map<String, Long> counts(Graph graph) {
    return graph.nodes().stream()
        .map(node -> node.op().name())
        .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
  }

  private List<Value> convolution(int maps) {
    List<Value> operands = new ArrayList<>(List.of(x));
    for (int i = 0; i < maps; i++) {
      operands.add(state(4, 4, 3, 3));
    }
    return builder.applyAll(new Conv2d(Window.square(3, 1, 1), 1, maps, false), operands);
  }

  private Value normalize(Value map, List<Value> norm) {
    boolean training = norm.getFirst().source() == Value.Source.NODE;
    return builder.apply(
        new BatchNormalize(1e-5, training),
        map,
        norm.get(0),
        norm.get(1),
        norm.get(2),
        norm.get(3));
  }

  private List<Value> constants() {
    return List.of(state(4), state(4), state(4), state(4));
  }

  private Value state(int... dims) {
    return builder.state("s" + builder.build().states().size(), type(dims), Category.PARAMETER);
  }

  private static TensorType type(int... dims) {
    return new TensorType(DType.FLOAT32, Shape.of(dims));
  }
}
