package org.quadralib.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.quadralib.layers.ParameterSpec.Order;

/**
 * Watches the gradients of first- and second-order terms, layer by layer, and says in plain words
 * when second-order terms vanish or explode. Listen with it to a run whose recipe has {@link
 * Recipe#gradientNorms}.
 */
public final class GradientHealth implements TrainingListener {
  /** Below this share of the first-order gradient, second-order terms hardly learn. */
  static final double VANISHING = 1e-4;

  /** Above this multiple of the first-order gradient, second-order terms drown everything else. */
  static final double EXPLODING = 1e3;

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
    List<String> vanishing = new ArrayList<>();
    List<String> exploding = new ArrayList<>();
    sums.forEach(
        (key, sum) -> {
          rows.add(new Row(result.epoch(), key.layer(), key.order(), sum / steps));
          Double first = sums.get(new GradientNorm.Key(key.layer(), Order.FIRST));
          if (key.order() == Order.SECOND && first != null && first > 0) {
            double ratio = sum / first;
            if (ratio < VANISHING) {
              vanishing.add(key.layer());
            } else if (!(ratio <= EXPLODING)) {
              exploding.add(key.layer());
            }
          }
        });
    warn(
        result.epoch(),
        "hardly learn: their gradients are below a ten-thousandth of the first-order ones",
        "raise --quadratic-lr-scale, start with --start random, or use neurons with a first-order"
            + " term (quadra)",
        vanishing);
    warn(
        result.epoch(),
        "explode: their gradients are above a thousand times the first-order ones",
        "lower --lr or --quadratic-lr-scale, add --clip 1, use --branch-norm, or --start relinear",
        exploding);
    sums.clear();
    steps = 0;
  }

  private void warn(int epoch, String what, String advice, List<String> layers) {
    if (!layers.isEmpty()) {
      warnings.accept(
          String.format(
              Locale.ROOT,
              "epoch %d: second-order terms of %s %s; %s",
              epoch + 1,
              String.join(", ", layers),
              what,
              advice));
    }
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
