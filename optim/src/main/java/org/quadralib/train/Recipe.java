package org.quadralib.train;

import java.util.List;
import java.util.function.Function;
import org.quadralib.layers.Backprop;
import org.quadralib.loss.CrossEntropy;
import org.quadralib.loss.Loss;
import org.quadralib.optim.GradientClipping;
import org.quadralib.optim.Optimizer;
import org.quadralib.optim.ParameterGroup;
import org.quadralib.optim.Sgd;

/**
 * What one training step does. Immutable; the methods give changed copies.
 *
 * @param groups parameters that are treated differently; the rest follows the optimizer
 * @param backprop how to differentiate the quadratic layer at a path, if it does not say so itself
 * @param seed of dropout
 * @param keepGradients whether gradients can be read after a step, at the cost of their memory
 * @param gradientNorms whether the norms of gradients by layer and order can be read after a step
 */
public record Recipe(
    Loss loss,
    Optimizer optimizer,
    List<ParameterGroup> groups,
    GradientClipping clipping,
    Function<String, Backprop> backprop,
    long seed,
    boolean keepGradients,
    boolean gradientNorms) {
  /** Copies the groups. */
  public Recipe {
    groups = List.copyOf(groups);
  }

  /** Cross-entropy, SGD with momentum 0.9, automatic differentiation, no clipping. */
  public static Recipe defaults() {
    return new Recipe(
        new CrossEntropy(),
        new Sgd(),
        List.of(),
        GradientClipping.none(),
        path -> Backprop.AUTODIFF,
        0,
        false,
        false);
  }

  /** With another loss. */
  public Recipe loss(Loss value) {
    return new Recipe(
        value, optimizer, groups, clipping, backprop, seed, keepGradients, gradientNorms);
  }

  /** With another optimizer. */
  public Recipe optimizer(Optimizer value) {
    return new Recipe(loss, value, groups, clipping, backprop, seed, keepGradients, gradientNorms);
  }

  /** With these groups of parameters. */
  public Recipe groups(List<ParameterGroup> value) {
    return new Recipe(
        loss, optimizer, value, clipping, backprop, seed, keepGradients, gradientNorms);
  }

  /** With these groups of parameters. */
  public Recipe groups(ParameterGroup... value) {
    return groups(List.of(value));
  }

  /** With another bound on gradients. */
  public Recipe clipping(GradientClipping value) {
    return new Recipe(loss, optimizer, groups, value, backprop, seed, keepGradients, gradientNorms);
  }

  /** With one way of back-propagation for all layers. */
  public Recipe backprop(Backprop value) {
    return backprop(path -> value);
  }

  /** With a way of back-propagation for each path of a layer. */
  public Recipe backprop(Function<String, Backprop> value) {
    return new Recipe(loss, optimizer, groups, clipping, value, seed, keepGradients, gradientNorms);
  }

  /** With another seed of dropout. */
  public Recipe seed(long value) {
    return new Recipe(
        loss, optimizer, groups, clipping, backprop, value, keepGradients, gradientNorms);
  }

  /** With or without gradients that can be read. */
  public Recipe keepGradients(boolean value) {
    return new Recipe(loss, optimizer, groups, clipping, backprop, seed, value, gradientNorms);
  }

  /** With or without norms of gradients by layer and order that can be read. */
  public Recipe gradientNorms(boolean value) {
    return new Recipe(loss, optimizer, groups, clipping, backprop, seed, keepGradients, value);
  }
}
