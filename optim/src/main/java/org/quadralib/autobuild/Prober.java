package org.quadralib.autobuild;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.quadralib.builder.Unit;
import org.quadralib.layers.Model;
import org.quadralib.layers.ModelSummary;
import org.quadralib.layers.ParameterSpec;
import org.quadralib.layers.ParameterSpec.Kind;
import org.quadralib.memory.Category;
import org.quadralib.memory.TensorArena;
import org.quadralib.tensor.Tensor;

/**
 * Scores units by {@code RI = (P_M · P_W) / δ_A} (Xu et al. 2022): share of parameters times share
 * of computation, over the validation accuracy lost when the unit is masked. Masking sets a share
 * of the unit's channels to zero and nothing else: the others are not rescaled, and weights are
 * restored after each probe.
 */
final class Prober {
  /** Least accuracy loss: below it a unit is as dispensable as can be told. */
  private static final double EPSILON = 1e-3;

  private final Model model;
  private final double maskRatio;
  private final long seed;
  private final ToDoubleFunction<Model> accuracy;

  Prober(Model model, double maskRatio, long seed, ToDoubleFunction<Model> accuracy) {
    this.model = model;
    this.maskRatio = maskRatio;
    this.seed = seed;
    this.accuracy = accuracy;
  }

  /** Scores units, the most dispensable first. */
  List<Probe> probe(List<Unit> units) {
    ModelSummary summary = ModelSummary.of(model.layer(), model.example());
    double whole = accuracy.applyAsDouble(model);
    List<Probe> probes = new ArrayList<>();
    for (Unit unit : units) {
      double parameters =
          (double)
                  model.specs().stream()
                      .filter(spec -> spec.trainable() && unit.owns(spec.name()))
                      .mapToLong(spec -> spec.type().shape().elements())
                      .sum()
              / summary.parameters();
      double macs =
          (double)
                  summary.rows().stream()
                      .filter(row -> unit.owns(row.path()))
                      .mapToLong(ModelSummary.Row::macs)
                      .sum()
              / summary.macs();
      double loss = whole - masked(unit);
      probes.add(
          new Probe(
              unit.path(), parameters, macs, loss, parameters * macs / Math.max(loss, EPSILON)));
    }
    probes.sort(Comparator.comparingDouble(Probe::importance).reversed());
    return probes;
  }

  private double masked(Unit unit) {
    List<ParameterSpec> own =
        model.specs().stream().filter(spec -> unit.owns(spec.name())).toList();
    try (TensorArena arena = model.arena().child("probe")) {
      Map<String, Tensor> saved = new HashMap<>();
      for (ParameterSpec spec : own) {
        Tensor copy = arena.allocate(spec.name(), Category.WORKSPACE, spec.type());
        copy.copyFrom(tensor(spec));
        saved.put(spec.name(), copy);
      }
      try {
        own.forEach(this::mask);
        return accuracy.applyAsDouble(model);
      } finally {
        own.forEach(
            spec ->
                tensor(spec).copyFrom(java.util.Objects.requireNonNull(saved.get(spec.name()))));
      }
    }
  }

  /** Every map and norm of a unit loses the same channels, so that all of them give zero. */
  private void mask(ParameterSpec spec) {
    if (spec.kind() == Kind.STATISTIC && spec.name().endsWith("running_var")) {
      return;
    }
    Tensor tensor = tensor(spec);
    int channels = tensor.shape().dim(0);
    long width = tensor.elements() / channels;
    RandomGenerator random =
        RandomGeneratorFactory.of("L64X128MixRandom").create(seed * 31 + channels);
    for (int channel = 0; channel < channels; channel++) {
      if (random.nextDouble() < maskRatio) {
        for (long i = 0; i < width; i++) {
          tensor.set(channel * width + i, 0);
        }
      }
    }
  }

  private Tensor tensor(ParameterSpec spec) {
    return java.util.Objects.requireNonNull(model.parameters().get(spec.name()));
  }
}
