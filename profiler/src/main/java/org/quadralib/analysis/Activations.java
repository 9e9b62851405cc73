package org.quadralib.analysis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
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
import org.quadralib.plan.Plan;
import org.quadralib.plan.Planner;
import org.quadralib.plan.Workspace;
import org.quadralib.tensor.Tensor;

/**
 * Histograms of what layers give for a few images, and of their terms. Nothing is fused, so every
 * term exists for a moment, and is counted then. Images run one by one, so that memory is that of
 * the largest moment of one image; it is given back at once.
 */
final class Activations implements ExecutionListener {
  private final Executable executable;
  private final Map<Node, LayerTerms> terms = new LinkedHashMap<>();
  private final Map<String, Map<Term, List<Histogram>>> found = new LinkedHashMap<>();

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
    int each = Math.toIntExact(model.example().elements());
    try (TensorArena arena = model.arena().child("activations")) {
      Executable executable = backend.compile(plan(model, backend), arena, model.parameters());
      Activations listener = new Activations(executable);
      for (int from = 0; from < images.length; from += each) {
        executable.input(Model.INPUT).copyFrom(Arrays.copyOfRange(images, from, from + each));
        executable.run(listener);
      }
      return listener.sums();
    }
  }

  /** Bytes held meanwhile, beside the model. */
  static long bytes(Model model, Backend backend) {
    Plan plan = plan(model, backend);
    return plan.slabBytes() + plan.panelBytes();
  }

  private static Plan plan(Model model, Backend backend) {
    Model.Traced traced = model.trace(1, Mode.EVALUATE, Backprop.AUTODIFF);
    traced.graph().output("logits", traced.output());
    return Planner.plan(traced.graph().build(), new Unfused(backend));
  }

  private Map<String, Map<Term, Histogram>> sums() {
    Map<String, Map<Term, Histogram>> sums = new LinkedHashMap<>();
    found.forEach(
        (layer, byTerm) -> {
          Map<Term, Histogram> all = new EnumMap<>(Term.class);
          byTerm.forEach((term, histograms) -> all.put(term, Histogram.sum(histograms)));
          sums.put(layer, all);
        });
    return sums;
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
    Histogram.Values left = Histogram.values(a);
    Histogram.Values right = Histogram.values(b);
    return Histogram.ofBlocks(
        a.elements(),
        new Histogram.Values() {
          private double[] factors = new double[0];

          @Override
          public void read(long from, double[] into, int count) {
            factors = factors.length < count ? new double[count] : factors;
            left.read(from, into, count);
            right.read(from, factors, count);
            for (int i = 0; i < count; i++) {
              into[i] *= factors[i];
            }
          }
        });
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
    found
        .computeIfAbsent(layer.layer(), _ -> new EnumMap<>(Term.class))
        .computeIfAbsent(term, _ -> new ArrayList<>())
        .add(histogram);
  }
}
