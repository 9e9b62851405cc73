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
import org.quadralib.backend.Backend;
import org.quadralib.backend.Executable;
import org.quadralib.backend.ExecutionListener;
import org.quadralib.data.DataSplits;
import org.quadralib.graph.Node;
import org.quadralib.graph.Phase;
import org.quadralib.graph.op.StateUpdate;
import org.quadralib.layers.Model;
import org.quadralib.layers.ParameterSpec;
import org.quadralib.tensor.Tensor;
import org.quadralib.train.EpochResult;
import org.quadralib.train.EvaluationListener;
import org.quadralib.train.GradientNorm;
import org.quadralib.train.TrainingListener;

/**
 * Takes histograms of weights, gradients and activations once an epoch: gradients in the last step,
 * as they come to the optimizer; weights at its end; activations of the first {@value #IMAGES}
 * images of the validation, which are run once more for it, because what evaluates whole batches
 * fuses layers, whose terms then never exist. On a device whose memory cannot be looked into there
 * are weights only.
 */
public final class StatisticsRecorder implements TrainingListener {
  /** Activations of so many images are counted. */
  static final int IMAGES = 16;

  private final Model model;
  private final Backend backend;
  private final Map<String, String> layers;
  private final Map<String, ParameterSpec> weights = new LinkedHashMap<>();
  private final Map<Key, LayerStatistics> current = new LinkedHashMap<>();
  private float[] images = {};
  private @Nullable EpochStatistics last;

  private record Key(String layer, Kind kind, Term term) {}

  /** A recorder for the training of a model on a backend. */
  public StatisticsRecorder(Model model, Backend backend) {
    this.model = model;
    this.backend = backend;
    this.layers = GradientNorm.layers(model.specs());
    for (ParameterSpec spec : model.specs()) {
      if (spec.kind() == ParameterSpec.Kind.WEIGHT) {
        weights.put(spec.name(), spec);
      }
    }
  }

  /**
   * The epoch that ended last. Those before are for the listener to keep: all epochs of a long
   * training together take more memory than a small network.
   *
   * @throws IllegalStateException if none has ended
   */
  public EpochStatistics last() {
    if (last == null) {
      throw new IllegalStateException("no epoch has ended yet");
    }
    return last;
  }

  /** For the activations, which are looked at after a validation. */
  @Override
  public long plannedBytes(DataSplits data) {
    return data.hasValidation() ? Activations.bytes(model, backend) : 0;
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
        return number == 0 ? new FirstImages(executable) : ExecutionListener.NONE;
      }
    };
  }

  @Override
  public void onEpochEnd(EpochResult result) {
    weights.forEach(
        (name, spec) -> count(Kind.WEIGHT, spec, requireNonNull(model.parameters().get(name))));
    if (images.length > 0) {
      Activations.of(model, backend, images)
          .forEach(
              (layer, byTerm) ->
                  byTerm.forEach((term, h) -> count(layer, Kind.ACTIVATION, term, h)));
      images = new float[0];
    }
    // Activations came in the order of the network; where there are none, parameters are declared
    // so.
    Set<String> order = new LinkedHashSet<>();
    for (LayerStatistics statistics : current.values()) {
      if (statistics.kind() == Kind.ACTIVATION) {
        order.add(statistics.layer());
      }
    }
    order.addAll(layers.values());
    List<String> positions = List.copyOf(order);
    List<LayerStatistics> sorted = new ArrayList<>(current.values());
    sorted.sort(Comparator.comparingInt(s -> positions.indexOf(s.layer())));
    last = new EpochStatistics(result.epoch(), sorted);
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

  /** Keeps the first images of a batch, where this process can look at them. */
  private final class FirstImages implements ExecutionListener {
    private final Executable executable;
    private boolean kept;

    FirstImages(Executable executable) {
      this.executable = executable;
    }

    @Override
    public void before(int position, Node node) {
      if (kept) {
        return; // other values may have taken the place of the images
      }
      kept = true;
      executable.plan().graph().inputs().stream()
          .filter(input -> input.name().equals(Model.INPUT))
          .findFirst()
          .flatMap(executable::value)
          .ifPresent(
              batch -> {
                int count = Math.min(IMAGES, batch.shape().dim(0));
                long each = batch.elements() / batch.shape().dim(0);
                images = new float[Math.toIntExact(count * each)];
                for (int i = 0; i < images.length; i++) {
                  images[i] = (float) batch.get(i);
                }
              });
    }
  }
}
