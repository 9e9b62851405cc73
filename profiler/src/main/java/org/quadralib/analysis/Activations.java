package org.quadralib.analysis;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quadralib.backend.Backend;
import org.quadralib.backend.Executable;
import org.quadralib.backend.ExecutionListener;
import org.quadralib.graph.Node;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.Composite;
import org.quadralib.graph.op.Fused;
import org.quadralib.layers.Backprop;
import org.quadralib.layers.Mode;
import org.quadralib.layers.Model;
import org.quadralib.memory.TensorArena;
import org.quadralib.plan.Planner;
import org.quadralib.plan.Workspace;
import org.quadralib.tensor.Tensor;

/**
 * Histograms of what layers give for a few images, and of their terms. Nothing is fused, so every
 * term exists for a moment, and is counted then; memory is that of the largest moment, and is given
 * back at once.
 */
final class Activations implements ExecutionListener {
  private final Executable executable;
  private final Map<Node, LayerTerms> terms = new LinkedHashMap<>();
  private final Map<String, Map<Term, Histogram>> found = new LinkedHashMap<>();

  private Activations(Executable executable) {
    this.executable = executable;
    LayerTerms.of(executable.plan().graph()).values().forEach(t -> terms.put(t.node(), t));
  }

  /**
   * Runs a model as it is used.
   *
   * @param images {@code [n, …]} row-major, as the model takes them
   * @return by layer, in the order in which they run
   */
  static Map<String, Map<Term, Histogram>> of(Model model, Backend backend, float[] images) {
    int batch = Math.toIntExact(images.length / model.example().elements());
    Model.Traced traced = model.trace(batch, Mode.EVALUATE, Backprop.AUTODIFF);
    traced.graph().output("logits", traced.output());
    // Beside the memory of the run, which was planned without it.
    try (TensorArena arena = TensorArena.root("activations")) {
      Executable executable =
          backend.compile(
              Planner.plan(traced.graph().build(), new Unfused(backend)),
              arena,
              model.parameters());
      executable.input(Model.INPUT).copyFrom(images);
      Activations listener = new Activations(executable);
      executable.run(listener);
      return listener.found;
    }
  }

  /** A backend that runs one operation after the other. */
  private record Unfused(Backend backend) implements Planner.Target {
    @Override
    public boolean fuses(Composite op) {
      return !(op instanceof Fused) && backend.fuses(op);
    }

    @Override
    public Workspace workspace(Node node) {
      return backend.workspace(node);
    }
  }

  /** Before the terms are added up, which may overwrite them. */
  @Override
  public void before(int position, Node node) {
    @Nullable LayerTerms layer = terms.get(node);
    if (layer == null) {
      return;
    }
    if (layer.first() != null) {
      add(layer, Term.FIRST, layer.first());
    }
    if (!layer.factors().isEmpty()) {
      executable
          .value(layer.factors().get(0))
          .ifPresent(
              a ->
                  executable
                      .value(layer.factors().get(1))
                      .ifPresent(b -> add(layer, Term.SECOND, product(a, b))));
    } else if (layer.second() != null && layer.second() != layer.output()) {
      add(layer, Term.SECOND, layer.second());
    }
  }

  private static Histogram product(Tensor a, Tensor b) {
    return Histogram.of(a.elements(), i -> a.get(i) * b.get(i));
  }

  @Override
  public void after(int position, Node node) {
    @Nullable LayerTerms layer = terms.get(node);
    if (layer != null) {
      add(layer, Term.SUM, layer.output());
    }
  }

  private void add(LayerTerms layer, Term term, Value value) {
    executable.value(value).ifPresent(tensor -> add(layer, term, Histogram.of(tensor)));
  }

  private void add(LayerTerms layer, Term term, Histogram histogram) {
    found.computeIfAbsent(layer.layer(), _ -> new EnumMap<>(Term.class)).put(term, histogram);
  }
}
