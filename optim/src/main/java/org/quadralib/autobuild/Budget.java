package org.quadralib.autobuild;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a network may cost at most, and how well it must do at least.
 *
 * @param limits at least one; accuracy is a share from 0 to 1, memory is in bytes
 */
public record Budget(Map<Limit, Double> limits) {
  private static final Pattern ENTRY =
      Pattern.compile("(params|macs|memory|accuracy)=([0-9]+(?:\\.[0-9]+)?)([KMG]|[KMG]iB|%)?");

  /** What is limited. */
  public enum Limit {
    /** Trainable parameters. */
    PARAMS,
    /** Multiply-accumulates for one example. */
    MACS,
    /** Bytes that a training step keeps from the forward to the backward pass. */
    MEMORY,
    /** Share of the validation examples that are right, at least. */
    ACCURACY
  }

  /** Copies the limits. */
  public Budget {
    if (limits.isEmpty()) {
      throw new IllegalArgumentException(
          "a budget needs a limit, such as params=12M, macs=100M, memory=8MiB or accuracy=0.9");
    }
    limits = new EnumMap<>(limits);
  }

  /**
   * Reads a budget such as {@code params=12M,macs=100M,memory=8MiB,accuracy=0.9}.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static Budget parse(String text) {
    Map<Limit, Double> limits = new EnumMap<>(Limit.class);
    for (String part : text.split(",", -1)) {
      Matcher matcher = ENTRY.matcher(part.strip());
      if (!matcher.matches()) {
        throw new IllegalArgumentException(
            "'%s' is no budget; write params=12M, macs=100M, memory=8MiB or accuracy=0.9"
                .formatted(part));
      }
      Limit limit = Limit.valueOf(matcher.group(1).toUpperCase(Locale.ROOT));
      double value = Double.parseDouble(matcher.group(2)) * unit(matcher.group(3));
      if (limit == Limit.ACCURACY && value > 1) {
        throw new IllegalArgumentException(
            "an accuracy is a share from 0 to 1 or a percentage, not " + part.strip());
      }
      if (limits.put(limit, value) != null) {
        throw new IllegalArgumentException("the budget limits " + matcher.group(1) + " twice");
      }
    }
    return new Budget(limits);
  }

  private static double unit(@Nullable String unit) {
    return switch (unit) {
      case null -> 1;
      case "K" -> 1e3;
      case "M" -> 1e6;
      case "G" -> 1e9;
      case "KiB" -> 1L << 10;
      case "MiB" -> 1L << 20;
      case "GiB" -> 1L << 30;
      default -> 0.01;
    };
  }

  /** Whether a network is small enough; without a limit of cost, none is. */
  public boolean isMet(Cost cost) {
    boolean costs = limits.keySet().stream().anyMatch(limit -> limit != Limit.ACCURACY);
    return costs
        && cost.parameters() <= limit(Limit.PARAMS)
        && cost.macs() <= limit(Limit.MACS)
        && cost.savedBytes() <= limit(Limit.MEMORY);
  }

  /** Whether an accuracy is high enough. */
  public boolean allows(double accuracy) {
    return accuracy >= limits.getOrDefault(Limit.ACCURACY, 0.0);
  }

  private double limit(Limit limit) {
    return limits.getOrDefault(limit, Double.POSITIVE_INFINITY);
  }
}
