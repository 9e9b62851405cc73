package org.quadralib.optim;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.regex.Pattern;
import org.quadralib.layers.ParameterSpec;
import org.quadralib.layers.ParameterSpec.Kind;
import org.quadralib.layers.ParameterSpec.Order;

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
 * @param orders it takes parameters of terms of these orders
 * @param names regular expression that must be found in the name, a path such as {@code
 *     layer1.0.conv1.conv2.weight}; empty takes all
 * @param learningRateScale multiplies the learning rate
 * @param weightDecay replaces the optimizer's, if present
 */
public record ParameterGroup(
    Set<Kind> kinds,
    Set<Order> orders,
    Optional<String> names,
    double learningRateScale,
    OptionalDouble weightDecay) {
  /** Checks the numbers and the expression. */
  public ParameterGroup {
    // In the order of the enum, so that equal groups have equal text.
    kinds = Collections.unmodifiableSet(EnumSet.copyOf(kinds));
    orders = Collections.unmodifiableSet(EnumSet.copyOf(orders));
    Checks.notNegative("the learning rate scale", learningRateScale);
    weightDecay.ifPresent(decay -> Checks.notNegative("the weight decay", decay));
    names.ifPresent(Pattern::compile);
  }

  /** All parameters of some kinds. */
  public static ParameterGroup ofKinds(Kind first, Kind... others) {
    return new ParameterGroup(
        EnumSet.of(first, others),
        EnumSet.allOf(Order.class),
        Optional.empty(),
        1,
        OptionalDouble.empty());
  }

  /** All parameters whose name has a match of a regular expression. */
  public static ParameterGroup matching(String expression) {
    return new ParameterGroup(
        EnumSet.allOf(Kind.class),
        EnumSet.allOf(Order.class),
        Optional.of(expression),
        1,
        OptionalDouble.empty());
  }

  /** All parameters of terms of one order. */
  public static ParameterGroup ofOrder(Order order) {
    return new ParameterGroup(
        EnumSet.allOf(Kind.class), EnumSet.of(order), Optional.empty(), 1, OptionalDouble.empty());
  }

  /**
   * Groups for networks that start first-order (ReLinear, Fan et al., arXiv 2110.06081): what
   * belongs to second-order terms learns more slowly, and their biases and norms do not decay,
   * since the factor that starts at 1 is one of them.
   *
   * @param learningRateScale multiplies the learning rate of second-order terms
   */
  public static List<ParameterGroup> secondOrder(double learningRateScale) {
    ParameterGroup all = ofOrder(Order.SECOND).learningRateScale(learningRateScale);
    return List.of(all.kinds(Kind.BIAS, Kind.NORM_SCALE, Kind.NORM_SHIFT).weightDecay(0), all);
  }

  /** The same group without parameters of other kinds. */
  public ParameterGroup kinds(Kind first, Kind... others) {
    return new ParameterGroup(
        EnumSet.of(first, others), orders, names, learningRateScale, weightDecay);
  }

  /** The same group with its own multiple of the learning rate; 0 freezes it but for decay. */
  public ParameterGroup learningRateScale(double value) {
    return new ParameterGroup(kinds, orders, names, value, weightDecay);
  }

  /** The same group with its own weight decay. */
  public ParameterGroup weightDecay(double value) {
    return new ParameterGroup(kinds, orders, names, learningRateScale, OptionalDouble.of(value));
  }

  /** Whether it takes a parameter. */
  public boolean takes(ParameterSpec parameter) {
    return kinds.contains(parameter.kind())
        && orders.contains(parameter.order())
        && names.map(n -> Pattern.compile(n).matcher(parameter.name()).find()).orElse(true);
  }
}
