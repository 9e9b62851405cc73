package org.quadralib.tornado;

import static java.util.Objects.requireNonNull;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.quadralib.backend.Backend;
import org.quadralib.backend.DeviceException;
import org.quadralib.backend.Executable;
import org.quadralib.graph.GraphBuilder;
import org.quadralib.graph.Node;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.BatchNormGradient;
import org.quadralib.graph.op.LinearOp;
import org.quadralib.graph.op.StateUpdate;
import org.quadralib.graph.op.Sum;
import org.quadralib.memory.Category;
import org.quadralib.memory.TensorArena;
import org.quadralib.tensor.Tensor;

/**
 * Computes single nodes on a processor, from what their operands are on the device, and compares.
 * It is there to find kernels that did not run or were compiled wrongly, so it allows for much more
 * than rounding.
 */
final class NodeCheck implements AutoCloseable {
  private static final double OF_LARGEST = 1e-3;

  /** For each term of a sum, of the largest that a term can be: sums may cancel. */
  private static final double OF_TERMS = 1e-5;

  private final Backend reference;

  NodeCheck(Backend reference) {
    this.reference = reference;
  }

  /** Results of a node as they should be. */
  final class Expectation implements AutoCloseable {
    private final Node node;
    private final TensorArena arena;
    private final List<Tensor> results;
    private final double cancelling;

    private Expectation(Node node, TensorArena arena, List<Tensor> results, double cancelling) {
      this.node = node;
      this.arena = arena;
      this.results = results;
      this.cancelling = cancelling;
    }

    /**
     * Compares.
     *
     * @throws DeviceException if an element is off, naming it
     */
    void compare(Function<Value, Tensor> device) {
      for (int k = 0; k < results.size(); k++) {
        Tensor expected = results.get(k);
        Tensor actual = device.apply(node.outputs().get(k));
        double allowed = OF_LARGEST * largest(expected) + cancelling + 1e-30;
        for (long i = 0; i < expected.elements(); i++) {
          double e = expected.get(i);
          double a = actual.get(i);
          boolean same =
              Double.isFinite(e) ? Math.abs(e - a) <= allowed : Double.compare(e, a) == 0;
          if (!same) {
            throw new DeviceException(
                "the first run is wrong: element %d of result %d of %s is %s on the device and %s on backend '%s'; see the troubleshooting section of docs/gpu.md"
                    .formatted(i, k, node, a, e, reference.name()));
          }
        }
      }
    }

    @Override
    public void close() {
      arena.close();
    }
  }

  /** Computes a node. */
  Expectation expect(Node node, Function<Value, Tensor> device) {
    Set<Value> replaced = new HashSet<>();
    if (node.op() instanceof StateUpdate update) {
      for (int i = 0; i < node.outputs().size(); i++) {
        replaced.add(node.inputs().get(update.stateOperand(i)));
      }
    }
    GraphBuilder builder = new GraphBuilder();
    Map<Value, String> names = new HashMap<>();
    Map<Value, Value> copies = new HashMap<>();
    for (Value input : node.inputs()) {
      String name = "operand" + names.size();
      if (names.putIfAbsent(input, name) == null) {
        copies.put(
            input,
            replaced.contains(input)
                ? builder.state(name, input.type(), Category.PARAMETER)
                : builder.input(name, input.type()));
      }
    }
    List<Value> outputs =
        builder.applyAll(node.op(), node.inputs().stream().map(copies::get).toList());
    for (int i = 0; i < outputs.size(); i++) {
      builder.output("result" + i, outputs.get(i));
    }
    TensorArena arena = TensorArena.root("check of " + node.op().name());
    try {
      Map<String, Tensor> states = new HashMap<>();
      for (Value value : replaced) {
        String name = requireNonNull(names.get(value));
        states.put(name, arena.allocate(name, Category.PARAMETER, value.type()));
      }
      Executable executable = reference.compile(reference.plan(builder.build()), arena, states);
      for (Map.Entry<Value, String> operand : names.entrySet()) {
        Tensor target =
            states.containsKey(operand.getValue())
                ? states.get(operand.getValue())
                : executable.input(operand.getValue());
        MemorySegment source = device.apply(operand.getKey()).segment();
        MemorySegment.copy(source, 0, target.segment(), 0, source.byteSize());
      }
      double cancelling = cancelling(node, device);
      executable.run();
      List<Tensor> results = new ArrayList<>();
      for (int i = 0; i < outputs.size(); i++) {
        results.add(executable.output("result" + i));
      }
      return new Expectation(node, arena, results, cancelling);
    } catch (RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  private static double cancelling(Node node, Function<Value, Tensor> device) {
    List<Value> in = node.inputs();
    return switch (node.op()) {
      case LinearOp op ->
          OF_TERMS
              * terms(node)
              * largest(device.apply(in.getFirst()))
              * in.subList(1, in.size()).stream()
                  .mapToDouble(v -> largest(device.apply(v)))
                  .max()
                  .orElse(1);
      case Sum op -> OF_TERMS * terms(node) * largest(device.apply(in.getFirst()));
      case BatchNormGradient op -> {
        Tensor variance = device.apply(in.get(3));
        double least = Double.POSITIVE_INFINITY;
        for (long i = 0; i < variance.elements(); i++) {
          least = Math.min(least, variance.get(i));
        }
        double inverse = 1 / Math.sqrt(least + op.epsilon());
        double scale = Math.max(1, largest(device.apply(in.get(4))) * inverse);
        double spread = Math.max(1, largest(device.apply(in.get(1))) * inverse);
        yield OF_TERMS * terms(node) * largest(device.apply(in.getFirst())) * scale * spread;
      }
      default -> 0;
    };
  }

  /** Terms of a sum: all operand elements for each result, or fewer. */
  private static double terms(Node node) {
    double operands = node.inputs().getFirst().shape().elements();
    double results = node.outputs().getFirst().shape().elements();
    return switch (node.op()) {
      case Sum op -> operands / results;
      case BatchNormGradient op -> operands / node.inputs().get(1).shape().dim(1);
      case LinearOp op -> {
        double work = node.inputs().getFirst().shape().elements();
        double other = node.inputs().get(1).shape().elements();
        yield Math.sqrt(work * other / Math.max(1, Math.min(results, work)));
      }
      default -> 1;
    };
  }

  private static double largest(Tensor tensor) {
    double most = 0;
    for (long i = 0; i < tensor.elements(); i++) {
      double value = Math.abs(tensor.get(i));
      if (value > most && value != Double.POSITIVE_INFINITY) {
        most = value;
      }
    }
    return most;
  }

  @Override
  public void close() {
    reference.close();
  }
}
