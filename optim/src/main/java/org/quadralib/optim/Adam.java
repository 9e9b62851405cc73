package org.quadralib.optim;

import java.util.List;
import org.quadralib.graph.op.AdamUpdate;
import org.quadralib.graph.op.StateUpdate;
import org.quadralib.tensor.Tensor;

/**
 * Adam (Kingma & Ba 2015): steps scaled by running means of the gradient and of its square. Weight
 * decay adds {@code λw} to the gradient; see {@link AdamW} for the decoupled form.
 *
 * @param beta1 decay of the mean gradient, in {@code [0, 1)}
 * @param beta2 decay of the mean square, in {@code [0, 1)}
 * @param epsilon keeps the division finite
 * @param weightDecay {@code λ}
 */
public record Adam(double beta1, double beta2, double epsilon, double weightDecay)
    implements Optimizer {
  /** Checks the numbers. */
  public Adam {
    Checks.fraction("beta1", beta1);
    Checks.fraction("beta2", beta2);
    Checks.positive("epsilon", epsilon);
    Checks.notNegative("the weight decay", weightDecay);
  }

  /** With β = 0.9 and 0.999, ε = 1e-8, without weight decay. */
  public Adam() {
    this(0.9, 0.999, 1e-8, 0);
  }

  /** With other decays of the running means. */
  public Adam betas(double first, double second) {
    return new Adam(first, second, epsilon, weightDecay);
  }

  /** With another ε. */
  public Adam epsilon(double value) {
    return new Adam(beta1, beta2, value, weightDecay);
  }

  /** With another weight decay. */
  public Adam weightDecay(double value) {
    return new Adam(beta1, beta2, epsilon, value);
  }

  @Override
  public List<String> slots() {
    return AdamSteps.SLOTS;
  }

  @Override
  public StateUpdate update(double decay) {
    return new AdamUpdate(beta1, beta2, epsilon, decay, false);
  }

  @Override
  public int stepSizeCount() {
    return AdamSteps.COUNT;
  }

  @Override
  public void stepSizes(double learningRate, long step, Tensor sizes) {
    AdamSteps.write(learningRate, beta1, beta2, step, sizes);
  }
}
