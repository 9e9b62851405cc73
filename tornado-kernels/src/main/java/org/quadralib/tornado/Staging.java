package org.quadralib.tornado;

import static java.util.Objects.requireNonNull;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.quadralib.backend.Labels;
import org.quadralib.graph.Graph;
import org.quadralib.graph.Node;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.CorrectPredictions;
import org.quadralib.graph.op.NegativeLogLikelihood;
import org.quadralib.graph.op.NegativeLogLikelihoodGradient;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Tensor;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * How inputs travel: floats one after another in the stage, from where the device copies them to
 * their places; integers among the arguments, where kernels read them.
 */
final class Staging {
  /** Whether a run begins, and the number of parts. */
  private static final int HEADER = 2;

  /** Position in the stage, position in memory, elements. */
  private static final int PART = 3;

  private final List<Value> floats = new ArrayList<>();
  private final Map<Value, Integer> integers = new HashMap<>();
  private final Map<String, Integer> classes = new HashMap<>();
  private int stageSize;
  private int integersSize;

  private Staging() {}

  /** For the inputs of a graph. */
  static Staging of(Graph graph) {
    Staging staging = new Staging();
    for (Value input : graph.inputs()) {
      if (input.type().dtype() == DType.FLOAT32) {
        staging.floats.add(input);
        staging.stageSize += Math.toIntExact(input.shape().elements());
      }
    }
    // At least one part, for what is sent outside of runs.
    int end = HEADER + PART * Math.max(1, staging.floats.size());
    for (Value input : graph.inputs()) {
      if (input.type().dtype() != DType.FLOAT32) {
        staging.integers.put(input, end);
        end += Math.toIntExact(input.type().bytes() / 4) + 1; // and how many labels count
      }
    }
    staging.integersSize = end;
    graph.nodes().forEach(staging::note);
    return staging;
  }

  private void note(Node node) {
    if (node.op() instanceof NegativeLogLikelihood || node.op() instanceof CorrectPredictions) {
      classes.put(node.inputs().get(1).name(), node.inputs().get(0).shape().dim(1));
    }
    if (node.op() instanceof NegativeLogLikelihoodGradient gradient) {
      classes.put(node.inputs().get(1).name(), gradient.classes());
    }
  }

  /** Floats of the stage. */
  int stageSize() {
    return stageSize;
  }

  /** Integers: table of parts and integer inputs. */
  int integersSize() {
    return integersSize;
  }

  /** Whether an input travels among the integers. */
  boolean isInteger(Value input) {
    return integers.containsKey(input);
  }

  /** Where an integer input begins. */
  int position(Value input) {
    return requireNonNull(integers.get(input));
  }

  /**
   * Writes all inputs for the start of a run.
   *
   * @param tensors what the inputs are
   * @param offsets where floats go, in bytes
   */
  void fill(
      IntArray numbers,
      MemorySegment stage,
      Function<Value, Tensor> tensors,
      ToLongFunction<Value> offsets) {
    numbers.set(0, 1);
    numbers.set(1, floats.size());
    long at = 0;
    for (int i = 0; i < floats.size(); i++) {
      Value value = floats.get(i);
      long bytes = value.type().bytes();
      MemorySegment.copy(tensors.apply(value).segment(), 0, stage, at, bytes);
      part(numbers, i, at, offsets.applyAsLong(value), bytes);
      at += bytes;
    }
    integers.forEach((value, position) -> fill(value, tensors.apply(value), position, numbers));
  }

  private void fill(Value value, Tensor tensor, int position, IntArray numbers) {
    int at = position;
    for (long i = 0; i < tensor.elements(); i++) {
      long number = tensor.getLong(i);
      numbers.set(at++, (int) number);
      if (tensor.type().dtype() == DType.INT64) {
        numbers.set(at++, (int) (number >>> 32));
      }
    }
    Integer limit = classes.get(value.name());
    numbers.set(at, limit == null ? 0 : Labels.count(tensor, limit));
  }

  /** Writes the only part of what is sent outside of a run: it lies at the start of the stage. */
  static void fillOne(IntArray numbers, long offset, long bytes) {
    numbers.set(0, 0);
    numbers.set(1, 1);
    part(numbers, 0, 0, offset, bytes);
  }

  /** Writes that nothing is sent and that no run begins. */
  static void fillNone(IntArray numbers) {
    numbers.set(0, 0);
    numbers.set(1, 0);
  }

  private static void part(IntArray numbers, int index, long from, long offset, long bytes) {
    numbers.set(HEADER + PART * index, Math.toIntExact(from / 4));
    numbers.set(HEADER + PART * index + 1, Machine.element(offset));
    numbers.set(HEADER + PART * index + 2, Math.toIntExact(bytes / 4));
  }
}
