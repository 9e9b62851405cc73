package org.quadralib.bench.versus;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.quadralib.autodiff.Differentiator;
import org.quadralib.backend.Backend;
import org.quadralib.backend.Executable;
import org.quadralib.graph.GraphBuilder;
import org.quadralib.graph.Value;
import org.quadralib.layers.Mode;
import org.quadralib.layers.Model;
import org.quadralib.layers.ParameterSpec;
import org.quadralib.memory.TensorArena;
import org.quadralib.tensor.Tensor;

/** The passes of a network in training mode without loss and optimizer, for single layers. */
final class LayerPasses implements AutoCloseable {
  private static final String UPSTREAM = "upstream";
  private static final String OUTPUT = "y";

  private final TensorArena arena;
  private final Executable forward;
  private final Executable forwardAndBackward;

  LayerPasses(Workload workload, Model model, Backend backend) {
    arena = model.arena().child("passes");
    try {
      Model.Traced plain = model.trace(workload.batch(), Mode.TRAIN, workload.ways());
      plain.graph().output(OUTPUT, plain.output());
      forward = compile(plain.graph(), model, backend);
      forwardAndBackward = compile(differentiated(workload, model), model, backend);
    } catch (RuntimeException e) {
      arena.close();
      throw e;
    }
    float[] images = workload.images();
    forward.input(Model.INPUT).copyFrom(images);
    forwardAndBackward.input(Model.INPUT).copyFrom(images);
    Tensor upstream = forwardAndBackward.input(UPSTREAM);
    upstream.copyFrom(Workload.upstream(upstream.elements()));
  }

  private Executable compile(GraphBuilder graph, Model model, Backend backend) {
    Executable executable = backend.compile(backend.plan(graph.build()), arena, model.parameters());
    executable.detachState();
    return executable;
  }

  private static GraphBuilder differentiated(Workload workload, Model model) {
    Model.Traced traced = model.trace(workload.batch(), Mode.TRAIN, workload.ways());
    GraphBuilder graph = traced.graph();
    Value upstream = graph.input(UPSTREAM, traced.output().type());
    List<Value> variables = new ArrayList<>(List.of(traced.input()));
    for (ParameterSpec spec : traced.trace().specs()) {
      if (spec.trainable()) {
        variables.add(Objects.requireNonNull(traced.trace().parameters().get(spec.name())));
      }
    }
    Differentiator.gradients(
            graph, Map.of(traced.output(), upstream), variables, traced.trace().recomputed())
        .forEach((variable, gradient) -> graph.output(variable.name(), gradient));
    return graph;
  }

  void forward() {
    forward.run();
  }

  void forwardAndBackward() {
    forwardAndBackward.run();
  }

  Tensor inputGradient() {
    return forwardAndBackward.output(Model.INPUT);
  }

  @Override
  public void close() {
    arena.close();
  }
}
