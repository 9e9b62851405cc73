package org.quadralib.lowering;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.quadralib.graph.Graph;
import org.quadralib.graph.GraphBuilder;
import org.quadralib.graph.Node;
import org.quadralib.graph.Ops;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.Dense;
import org.quadralib.graph.op.DenseWeightGradient;
import org.quadralib.graph.op.MovingAverage;
import org.quadralib.memory.Category;
import org.quadralib.tensor.TensorType;

class PruningTest {
  private final GraphBuilder builder = new GraphBuilder();
  private final Ops ops = new Ops(builder);
  private final Value x = builder.input("x", TensorType.float32(3, 4));

  @Test
  void whatNobodyReadsIsGone() {
    Value y = ops.square(x);
    ops.affine(ops.square(y), 2, 0);
    builder.output("y", y);
    assertEquals(1, pruned().nodes().size());
  }

  @Test
  void updatesOfStateStay() {
    Value running = builder.state("running", x.type(), Category.PARAMETER);
    builder.apply(new MovingAverage(0.1, 1), running, ops.square(x));
    assertEquals(2, pruned().nodes().size());
  }

  @Test
  void onlyTheMapsThatAreReadAreComputed() {
    List<Value> w = inputs("w", 5, 4);
    List<Value> b = inputs("b", 5);
    List<Value> y =
        builder.applyAll(
            new Dense(3, true),
            List.of(x, w.get(0), w.get(1), w.get(2), b.get(0), b.get(1), b.get(2)));
    builder.output("last", y.get(2));
    builder.output("first", y.get(0));
    Node node = pruned().nodes().getFirst();
    assertEquals(new Dense(2, true), node.op());
    assertEquals(List.of(x, w.get(0), w.get(2), b.get(0), b.get(2)), node.inputs());
    assertEquals(List.of(y.get(0), y.get(2)), node.outputs());
  }

  @Test
  void onlyTheWeightGradientsThatAreReadAreComputed() {
    List<Value> g = inputs("g", 3, 5);
    List<Value> dw =
        builder.applyAll(new DenseWeightGradient(3), List.of(x, g.get(0), g.get(1), g.get(2)));
    builder.output("dw", dw.get(1));
    Node node = pruned().nodes().getFirst();
    assertEquals(new DenseWeightGradient(1), node.op());
    assertEquals(List.of(x, g.get(1)), node.inputs());
  }

  private List<Value> inputs(String name, int... dims) {
    return List.of(
        builder.input(name + 0, TensorType.float32(dims)),
        builder.input(name + 1, TensorType.float32(dims)),
        builder.input(name + 2, TensorType.float32(dims)));
  }

  private Graph pruned() {
    return Pruning.prune(builder.build());
  }
}
