package org.quadralib.optim;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.regex.Pattern;
import org.quadralib.layers.ParameterSpec;
import org.quadralib.layers.ParameterSpec.Kind;

/**
 * Parameters that are optimized differently from the rest. A parameter belongs to the first group
 * that takes it.
 *
 * <pre>{@code
 * ParameterGroup.ofKinds(Kind.NORM_SCALE, Kind.NORM_SHIFT, Kind.BIAS).weightDecay(0)
 * ParameterGroup.matching("conv[12]\\.weight$").learningRateScale(0.01)
 * }</pre>
 *
 * @param kinds it takes parameters of these kinds
 * @param names regular expression that must be found in the name, a path such as {@code
 *     layer1.0.conv1.conv2.weight}; empty takes all
 * @param learningRateScale multiplies the learning rate
 * @param weightDecay replaces the optimizer's, if present
 */
public record ParameterGroup(
    Set<Kind> kinds, Optional<String> names, double learningRateScale, OptionalDouble weightDecay) {
  /** Checks the numbers and the expression. */
  public ParameterGroup {
    // In the order of the enum, so that equal groups have equal text.
    kinds = java.util.Collections.unmodifiableSet(java.util.EnumSet.copyOf(kinds));
    Checks.notNegative("the learning rate scale", learningRateScale);
    weightDecay.ifPresent(decay -> Checks.notNegative("the weight decay", decay));
    names.ifPresent(Pattern::compile);
  }

  /** All parameters of some kinds. */
  public static ParameterGroup ofKinds(Kind first, Kind... others) {
    return new ParameterGroup(
        java.util.EnumSet.of(first, others), Optional.empty(), 1, OptionalDouble.empty());
  }

  /** All parameters whose name has a match of a regular expression. */
  public static ParameterGroup matching(String expression) {
    return new ParameterGroup(
        java.util.EnumSet.allOf(Kind.class), Optional.of(expression), 1, OptionalDouble.empty());
  }

  /** The same group with its own multiple of the learning rate; 0 freezes it but for decay. */
  public ParameterGroup learningRateScale(double value) {
    return new ParameterGroup(kinds, names, value, weightDecay);
  }

  /** The same group with its own weight decay. */
  public ParameterGroup weightDecay(double value) {
    return new ParameterGroup(kinds, names, learningRateScale, OptionalDouble.of(value));
  }

  /** Whether it takes a parameter. */
  public boolean takes(ParameterSpec parameter) {
    return kinds.contains(parameter.kind())
        && names.map(n -> Pattern.compile(n).matcher(parameter.name()).find()).orElse(true);
  }
}
