package org.quadralib.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.quadralib.graph.Graph;
import org.quadralib.graph.GraphBuilder;
import org.quadralib.graph.Ops;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.BatchStatistics;
import org.quadralib.graph.op.Concat;
import org.quadralib.graph.op.Dense;
import org.quadralib.graph.op.Reshape;
import org.quadralib.graph.op.Slice;
import org.quadralib.graph.op.UnaryFunction;
import org.quadralib.memory.Category;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.TensorType;

/** Graphs that share, reshape, overwrite and forget values in ways nobody would think of. */
final class RandomGraph {
  private final Random random;
  private final GraphBuilder builder = new GraphBuilder();
  private final Ops ops = new Ops(builder);
  private final List<Value> values = new ArrayList<>();

  private RandomGraph(Random random) {
    this.random = random;
  }

  /**
   * A graph of two inputs {@code a, b}, a weight {@code w} and {@code nodes} operations.
   *
   * @param everything whether every value is an output, so that no memory is used twice
   */
  static Graph of(long seed, int nodes, boolean everything) {
    return new RandomGraph(new Random(seed)).build(nodes, everything);
  }

  private Graph build(int nodes, boolean everything) {
    values.add(builder.input("a", TensorType.float32(8, 4)));
    values.add(builder.input("b", TensorType.float32(8, 4)));
    Value weight = builder.state("w", TensorType.float32(4, 4), Category.PARAMETER);
    for (int i = 0; i < nodes; i++) {
      step(weight);
    }
    for (int i = 0; i < values.size(); i++) {
      Value value = values.get(i);
      boolean named = i == values.size() - 1 || random.nextInt(12) == 0;
      if (value.source() == Value.Source.NODE && (named || everything)) {
        builder.output("v" + i, value);
      }
    }
    return builder.build();
  }

  private void step(Value weight) {
    Value x = pick();
    switch (random.nextInt(9)) {
      case 0 -> values.add(ops.unary(UnaryFunction.TANH, x));
      case 1 -> values.add(ops.affine(x, 0.5, -0.25));
      case 2 -> values.add(ops.mul(x, like(x)));
      case 3 -> values.add(ops.mulAdd(x, like(x), like(x)));
      case 4 -> values.add(builder.apply(new Reshape(other(x)), x));
      case 5 -> values.add(ops.softmax(x));
      case 6 ->
          values.addAll(
              builder.applyAll(new Dense(2, false), List.of(ops.reshape(x, 8, 4), weight, weight)));
      case 7 -> {
        Value statistics =
            builder.applyAll(new BatchStatistics(), List.of(ops.reshape(x, 8, 4))).get(1);
        values.add(ops.add(ops.reshape(x, 8, 4), statistics));
      }
      default -> {
        Value left = builder.apply(new Slice(0, 0, x.shape().dim(0) / 2), x);
        values.add(builder.apply(new Concat(0), left, left));
      }
    }
  }

  private Value pick() {
    // Recent values more often, so that chains grow long.
    int back = Math.min(values.size(), 1 + random.nextInt(5));
    return random.nextInt(4) == 0
        ? values.get(random.nextInt(values.size()))
        : values.get(values.size() - back);
  }

  private Value like(Value x) {
    return ops.reshape(pick(), x.shape());
  }

  private static Shape other(Value x) {
    return x.shape().equals(Shape.of(8, 4)) ? Shape.of(4, 8) : Shape.of(8, 4);
  }
}
