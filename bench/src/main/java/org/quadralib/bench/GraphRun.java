package org.quadralib.bench;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.quadralib.backend.Backend;
import org.quadralib.backend.Backends;
import org.quadralib.backend.Executable;
import org.quadralib.bench.roof.Work;
import org.quadralib.graph.Graph;
import org.quadralib.graph.GraphBuilder;
import org.quadralib.graph.Value;
import org.quadralib.memory.TensorArena;
import org.quadralib.plan.Plan;
import org.quadralib.tensor.Tensor;

/** A small graph on a backend, its inputs and states filled with normal random numbers. */
final class GraphRun implements AutoCloseable {
  private final Backend backend;
  private final TensorArena arena = TensorArena.root("benchmark");
  private final Executable executable;

  GraphRun(String backendName, int threads, Consumer<GraphBuilder> tracing) {
    GraphBuilder builder = new GraphBuilder();
    tracing.accept(builder);
    Graph graph = builder.build();
    backend = Backends.named(backendName, threads);
    Random random = new Random(1);
    Map<String, Tensor> state = new HashMap<>();
    for (Value value : graph.states()) {
      state.put(value.name(), arena.allocate(value.name(), value.category(), value.type()));
    }
    Plan plan = backend.plan(graph);
    executable = backend.compile(plan, arena, state);
    state.values().forEach(tensor -> fill(tensor, random));
    graph.inputs().forEach(input -> fill(executable.input(input.name()), random));
  }

  void run() {
    executable.run();
  }

  /** What a run has to do at least. */
  Work work() {
    return Work.of(executable.plan().graph().nodes());
  }

  private static void fill(Tensor tensor, Random random) {
    for (long i = 0; i < tensor.elements(); i++) {
      tensor.set(i, random.nextGaussian());
    }
  }

  @Override
  public void close() {
    backend.close();
    arena.close();
  }
}
