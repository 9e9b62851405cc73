package org.quadralib.train;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SequencedSet;
import java.util.Set;
import java.util.function.Consumer;
import org.quadralib.layers.ParameterSpec.Order;

/**
 * Watches the gradients of first- and second-order terms, layer by layer, and says in plain words
 * when second-order terms vanish or explode: compared with the first-order terms of their layer,
 * or, where it has none, with the other layers. Listen with it to a run whose recipe has {@link
 * Recipe#gradientNorms}.
 */
public final class GradientHealth implements TrainingListener {
  /** Below this share of the first-order gradient, second-order terms hardly learn. */
  static final double VANISHING = 1e-4;

  /** Above this multiple of the first-order gradient, second-order terms drown everything else. */
  static final double EXPLODING = 1e3;

  /** Layers differ more from each other than the terms of one layer do. */
  static final double VANISHING_AMONG_LAYERS = 1e-6;

  /**
   * Where a layer has no first-order term to compare with, a norm above this explodes, whatever the
   * other layers have: what explodes in one layer does in those it is connected with.
   */
  static final double LARGEST = 1e4;

  private static final String WAKE =
      "raise --quadratic-lr-scale, start with --start random, or use neurons with a first-order"
          + " term (quadra)";
  private static final String CALM =
      "lower --lr or --quadratic-lr-scale, add --clip 1, use --branch-norm, or --start relinear";

  /** What can be wrong with layers, in words. */
  private enum Finding {
    NOT_FINITE("gradients of %s are NaN or infinite: nothing can be learned from them", CALM),
    VANISHING(
        "second-order terms of %s hardly learn: their gradients are below a ten-thousandth of the"
            + " first-order ones",
        WAKE),
    VANISHING_AMONG_LAYERS(
        "second-order terms of %s hardly learn: their gradients are below a millionth of what is"
            + " usual in the other layers",
        WAKE),
    EXPLODING(
        "second-order terms of %s explode: their gradients are above a thousand times the"
            + " first-order ones",
        CALM),
    EXPLODING_AMONG_LAYERS(
        "second-order terms of %s explode: their gradients are above a thousand times what is usual"
            + " in the other layers",
        CALM),
    TOO_LARGE("second-order terms of %s explode: their gradients have norms above 10000", CALM);

    private final String words;
    private final String advice;

    Finding(String words, String advice) {
      this.words = words;
      this.advice = advice;
    }

    String sentence(String layers) {
      return String.format(Locale.ROOT, words, layers) + "; " + advice;
    }
  }

  private final Consumer<String> warnings;
  private final List<Row> rows = new ArrayList<>();
  private final Map<GradientNorm.Key, Double> sums = new LinkedHashMap<>();
  private int steps;

  /**
   * The mean norm of an epoch.
   *
   * @param epoch from 0
   */
  public record Row(int epoch, String layer, Order order, double meanNorm) {}

  /** A watcher that says its warnings to someone, one sentence each. */
  public GradientHealth(Consumer<String> warnings) {
    this.warnings = warnings;
  }

  /** All epochs so far. */
  public List<Row> rows() {
    return List.copyOf(rows);
  }

  @Override
  public void onGradientNorms(int epoch, List<GradientNorm> norms) {
    steps++;
    for (GradientNorm norm : norms) {
      sums.merge(new GradientNorm.Key(norm.layer(), norm.order()), norm.norm(), Double::sum);
    }
  }

  @Override
  public void onEpochEnd(EpochResult result) {
    Map<GradientNorm.Key, Double> means = new LinkedHashMap<>();
    sums.forEach((key, sum) -> means.put(key, sum / steps));
    Map<Finding, SequencedSet<String>> findings = new EnumMap<>(Finding.class);
    means.forEach(
        (key, mean) -> {
          rows.add(new Row(result.epoch(), key.layer(), key.order(), mean));
          judge(key, mean, means)
              .ifPresent(
                  finding ->
                      findings
                          .computeIfAbsent(finding, _ -> new LinkedHashSet<>())
                          .add(key.layer()));
        });
    findings.forEach(
        (finding, layers) ->
            warnings.accept(
                String.format(
                    Locale.ROOT,
                    "epoch %d: %s",
                    result.epoch() + 1,
                    finding.sentence(String.join(", ", layers)))));
    sums.clear();
    steps = 0;
  }

  private static Optional<Finding> judge(
      GradientNorm.Key key, double mean, Map<GradientNorm.Key, Double> means) {
    if (!Double.isFinite(mean)) {
      return Optional.of(Finding.NOT_FINITE);
    }
    if (key.order() != Order.SECOND) {
      return Optional.empty();
    }
    double first = means.getOrDefault(new GradientNorm.Key(key.layer(), Order.FIRST), 0.0);
    if (isUsable(first)) {
      return mean < VANISHING * first
          ? Optional.of(Finding.VANISHING)
          : mean > EXPLODING * first ? Optional.of(Finding.EXPLODING) : Optional.empty();
    }
    if (mean > LARGEST) {
      return Optional.of(Finding.TOO_LARGE);
    }
    OptionalDouble usual = usual(key.layer(), means);
    if (usual.isEmpty()) {
      return Optional.empty();
    }
    return mean < VANISHING_AMONG_LAYERS * usual.getAsDouble()
        ? Optional.of(Finding.VANISHING_AMONG_LAYERS)
        : mean > EXPLODING * usual.getAsDouble()
            ? Optional.of(Finding.EXPLODING_AMONG_LAYERS)
            : Optional.empty();
  }

  /** Median norm of the other layers: of first-order terms, or of all where there are none. */
  private static OptionalDouble usual(String layer, Map<GradientNorm.Key, Double> means) {
    OptionalDouble first = medianOfOthers(layer, means, Set.of(Order.FIRST));
    return first.isPresent() ? first : medianOfOthers(layer, means, Set.of(Order.values()));
  }

  private static OptionalDouble medianOfOthers(
      String layer, Map<GradientNorm.Key, Double> means, Set<Order> orders) {
    double[] sorted =
        means.entrySet().stream()
            .filter(mean -> !mean.getKey().layer().equals(layer))
            .filter(mean -> orders.contains(mean.getKey().order()))
            .mapToDouble(Map.Entry::getValue)
            .filter(GradientHealth::isUsable)
            .sorted()
            .toArray();
    int half = sorted.length / 2;
    return sorted.length == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(
            sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2);
  }

  private static boolean isUsable(double norm) {
    return norm > 0 && Double.isFinite(norm);
  }

  /** One line for each epoch, layer and order. */
  public String csv() {
    StringBuilder text = new StringBuilder("epoch,layer,order,mean_gradient_norm\n");
    for (Row row : rows) {
      text.append(
          String.format(
              Locale.ROOT,
              "%d,%s,%s,%s%n",
              row.epoch() + 1,
              row.layer(),
              row.order().name().toLowerCase(Locale.ROOT),
              row.meanNorm()));
    }
    return text.toString();
  }
}
