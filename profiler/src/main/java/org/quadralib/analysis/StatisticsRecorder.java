package org.quadralib.analysis;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.quadralib.analysis.LayerStatistics.Kind;
import org.quadralib.backend.Executable;
import org.quadralib.backend.ExecutionListener;
import org.quadralib.graph.Node;
import org.quadralib.graph.Phase;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.StateUpdate;
import org.quadralib.layers.Model;
import org.quadralib.layers.ParameterSpec;
import org.quadralib.tensor.Tensor;
import org.quadralib.train.EpochResult;
import org.quadralib.train.EvaluationListener;
import org.quadralib.train.GradientNorm;
import org.quadralib.train.TrainingListener;

/**
 * Takes histograms of weights, gradients and activations once an epoch, by looking at what is
 * computed anyway: gradients in the last step, as they come to the optimizer; activations in the
 * first validation batch, where quadratic layers are written out in their terms, unless the backend
 * computes them in one piece; weights at the end. So it needs no memory and no computation of its
 * own but counting. On a device whose memory cannot be looked into there are weights only.
 */
public final class StatisticsRecorder implements TrainingListener {
  /** Activations of so many images are counted. */
  private static final int IMAGES = 16;

  private final Model model;
  private final Map<String, String> layers;
  private final Map<String, ParameterSpec> weights = new LinkedHashMap<>();
  private final List<EpochStatistics> epochs = new ArrayList<>();
  private final Map<Key, LayerStatistics> current = new LinkedHashMap<>();

  private record Key(String layer, Kind kind, Term term) {}

  /** A recorder for the training of a model. */
  public StatisticsRecorder(Model model) {
    this.model = model;
    this.layers = GradientNorm.layers(model.specs());
    for (ParameterSpec spec : model.specs()) {
      if (spec.kind() == ParameterSpec.Kind.WEIGHT) {
        weights.put(spec.name(), spec);
      }
    }
  }

  /** All epochs so far. */
  public List<EpochStatistics> epochs() {
    return List.copyOf(epochs);
  }

  /** Takes over what an earlier part of the run recorded. */
  public void restore(List<EpochStatistics> earlier) {
    epochs.addAll(0, earlier);
  }

  @Override
  public ExecutionListener watch(int epoch, int step, int stepsPerEpoch, Executable executable) {
    return step == stepsPerEpoch - 1 ? new Gradients(executable) : ExecutionListener.NONE;
  }

  @Override
  public EvaluationListener onValidation(int epoch) {
    return new EvaluationListener() {
      @Override
      public ExecutionListener watch(int number, Executable executable) {
        return number == 0 ? new Activations(executable) : ExecutionListener.NONE;
      }
    };
  }

  @Override
  public void onEpochEnd(EpochResult result) {
    weights.forEach(
        (name, spec) -> count(Kind.WEIGHT, spec, requireNonNull(model.parameters().get(name))));
    // Parameters are declared in the order of the network; layers without any come after them. A
    // backend that fuses a layer shows no activations of it, so that they say nothing of the order.
    Set<String> order = new LinkedHashSet<>(layers.values());
    for (LayerStatistics statistics : current.values()) {
      if (statistics.kind() == Kind.ACTIVATION) {
        order.add(statistics.layer());
      }
    }
    List<String> positions = List.copyOf(order);
    List<LayerStatistics> sorted = new ArrayList<>(current.values());
    sorted.sort(Comparator.comparingInt(s -> positions.indexOf(s.layer())));
    epochs.add(new EpochStatistics(result.epoch(), sorted));
    current.clear();
  }

  /** Tensors that belong to one layer and order are counted together. */
  private void count(Kind kind, ParameterSpec spec, Tensor tensor) {
    Term term = spec.order() == ParameterSpec.Order.FIRST ? Term.FIRST : Term.SECOND;
    count(requireNonNull(layers.get(spec.name())), kind, term, Histogram.of(tensor));
  }

  private void count(String layer, Kind kind, Term term, Histogram histogram) {
    current.merge(
        new Key(layer, kind, term),
        new LayerStatistics(layer, kind, term, histogram),
        (a, b) -> new LayerStatistics(layer, kind, term, a.histogram().plus(b.histogram())));
  }

  /** Looks at gradients where the optimizer takes them. */
  private final class Gradients implements ExecutionListener {
    private final Executable executable;

    Gradients(Executable executable) {
      this.executable = executable;
    }

    @Override
    public void before(int position, Node node) {
      if (node.op() instanceof StateUpdate && node.phase() == Phase.UPDATE) {
        @Nullable ParameterSpec spec = weights.get(node.inputs().getFirst().name());
        if (spec != null) {
          executable.value(node.inputs().get(1)).ifPresent(g -> count(Kind.GRADIENT, spec, g));
        }
      }
    }
  }

  /** Looks at the terms of layers before they are added up, which may overwrite them. */
  private final class Activations implements ExecutionListener {
    private final Executable executable;
    private final Map<Node, LayerTerms> terms = new LinkedHashMap<>();

    Activations(Executable executable) {
      this.executable = executable;
      LayerTerms.of(executable.plan().graph()).values().forEach(t -> terms.put(t.node(), t));
    }

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
                        .ifPresent(
                            b ->
                                add(
                                    layer,
                                    Term.SECOND,
                                    Histogram.of(counted(a), i -> a.get(i) * b.get(i)))));
      } else if (layer.second() != null && layer.second() != layer.output()) {
        add(layer, Term.SECOND, layer.second());
      }
    }

    @Override
    public void after(int position, Node node) {
      @Nullable LayerTerms layer = terms.get(node);
      if (layer != null) {
        add(layer, Term.SUM, layer.output());
      }
    }

    private void add(LayerTerms layer, Term term, Value value) {
      executable
          .value(value)
          .ifPresent(tensor -> add(layer, term, Histogram.of(counted(tensor), tensor::get)));
    }

    private void add(LayerTerms layer, Term term, Histogram histogram) {
      count(layer.layer(), Kind.ACTIVATION, term, histogram);
    }

    private static long counted(Tensor tensor) {
      int batch = tensor.shape().dim(0);
      return tensor.elements() / batch * Math.min(batch, IMAGES);
    }
  }
}
