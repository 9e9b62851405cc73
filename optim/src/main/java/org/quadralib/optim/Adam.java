package org.quadralib.optim;

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
    implements AdaptiveMoments {
  /** Checks the numbers. */
  public Adam {
    AdaptiveMoments.check(beta1, beta2, epsilon, weightDecay);
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
  public boolean decaysDirectly() {
    return false;
  }
}
