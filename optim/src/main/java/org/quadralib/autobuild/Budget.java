package org.quadralib.autobuild;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
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

  /** Whether nothing need be removed any more; without a limit of cost, something always does. */
  public boolean isSmallEnough(Cost cost) {
    boolean costs = limits.keySet().stream().anyMatch(limit -> limit != Limit.ACCURACY);
    return costs && fits(cost);
  }

  /** Whether a network keeps to all limits. */
  public boolean isMet(Cost cost, double accuracy) {
    return fits(cost) && allows(accuracy);
  }

  /** Whether an accuracy is high enough. */
  public boolean allows(double accuracy) {
    return accuracy >= limits.getOrDefault(Limit.ACCURACY, 0.0);
  }

  /** What is asked: {@code at most 450,000 parameters, at least 90.00% validation accuracy}. */
  public String asked() {
    return limits.entrySet().stream()
        .map(
            entry ->
                switch (entry.getKey()) {
                  case PARAMS -> atMost("parameters", entry.getValue());
                  case MACS -> atMost("MACs", entry.getValue());
                  case MEMORY -> atMost("bytes kept for backward", entry.getValue());
                  case ACCURACY ->
                      String.format(
                          Locale.ROOT,
                          "at least %.2f%% validation accuracy",
                          100 * entry.getValue());
                })
        .collect(Collectors.joining(", "));
  }

  private static String atMost(String what, double limit) {
    return String.format(Locale.ROOT, "at most %,.0f %s", limit, what);
  }

  /**
   * What a network reached beside what was asked, limit by limit: {@code 405,002 parameters (asked:
   * at most 450,000)}.
   */
  public String compared(Cost cost, double accuracy) {
    return limits.entrySet().stream()
        .map(
            entry -> {
              double asked = entry.getValue();
              return switch (entry.getKey()) {
                case PARAMS -> compared(cost.parameters(), "parameters", asked);
                case MACS -> compared(cost.macs(), "MACs", asked);
                case MEMORY -> compared(cost.savedBytes(), "bytes kept for backward", asked);
                case ACCURACY ->
                    String.format(
                        Locale.ROOT,
                        "%.2f%% validation accuracy (asked: at least %.2f%%)",
                        100 * accuracy,
                        100 * asked);
              };
            })
        .collect(Collectors.joining(", "));
  }

  private static String compared(long reached, String what, double asked) {
    return String.format(Locale.ROOT, "%,d %s (asked: at most %,.0f)", reached, what, asked);
  }

  private boolean fits(Cost cost) {
    return cost.parameters() <= limit(Limit.PARAMS)
        && cost.macs() <= limit(Limit.MACS)
        && cost.savedBytes() <= limit(Limit.MEMORY);
  }

  private double limit(Limit limit) {
    return limits.getOrDefault(limit, Double.POSITIVE_INFINITY);
  }
}
