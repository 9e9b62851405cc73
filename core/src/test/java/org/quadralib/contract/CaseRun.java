package org.quadralib.contract;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.quadralib.backend.Backend;
import org.quadralib.backend.Executable;
import org.quadralib.backend.ExecutionListener;
import org.quadralib.graph.Graph;
import org.quadralib.graph.Value;
import org.quadralib.memory.TensorArena;
import org.quadralib.plan.Plan;
import org.quadralib.tensor.Tensor;

/** A graph compiled for a backend, fed and read from the heap. */
final class CaseRun implements AutoCloseable {
  private final TensorArena arena = TensorArena.root("case");
  private final Map<String, Tensor> states = new LinkedHashMap<>();
  private final Executable executable;

  CaseRun(Backend backend, Graph graph) {
    this(backend, backend.plan(graph));
  }

  CaseRun(Backend backend, Plan plan) {
    for (Value state : plan.graph().states()) {
      states.put(state.name(), arena.allocate(state.name(), state.category(), state.type()));
    }
    executable = backend.compile(plan, arena, states);
  }

  /** Runs a graph once. */
  static Map<String, double[]> once(Backend backend, Graph graph, Map<String, float[]> feeds) {
    try (CaseRun run = new CaseRun(backend, graph)) {
      return run.run(feeds);
    }
  }

  /** Fills inputs and states, runs, and reads outputs and states. */
  Map<String, double[]> run(Map<String, float[]> feeds) {
    return run(feeds, ExecutionListener.NONE);
  }

  /** Fills inputs and states, runs, and reads outputs and states. */
  Map<String, double[]> run(Map<String, float[]> feeds, ExecutionListener listener) {
    for (Value input : executable.plan().graph().inputs()) {
      executable.input(input.name()).copyFrom(feeds.get(input.name()));
    }
    states.forEach((name, tensor) -> tensor.copyFrom(feeds.get(name)));
    return results(listener);
  }

  /** Bytes that state, slab and panels hold. */
  long heldBytes() {
    return arena.ledger().total();
  }

  /** The memory of an input; what is stored there stays until the next {@code run(feeds)}. */
  Tensor input(String name) {
    return executable.input(name);
  }

  /** Runs on the inputs as they are. */
  Map<String, double[]> results(ExecutionListener listener) {
    executable.run(listener);
    Map<String, double[]> results = new HashMap<>();
    for (String name : executable.plan().graph().outputs().keySet()) {
      results.put(name, read(executable.output(name)));
    }
    states.forEach((name, tensor) -> results.put(name, read(tensor)));
    return results;
  }

  @Override
  public void close() {
    arena.close();
  }

  private static double[] read(Tensor tensor) {
    double[] values = new double[Math.toIntExact(tensor.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = tensor.get(i);
    }
    return values;
  }
}
