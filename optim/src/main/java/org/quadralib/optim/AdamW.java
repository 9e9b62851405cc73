package org.quadralib.optim;

/**
 * Adam with decoupled weight decay (Loshchilov & Hutter 2019): each step first shrinks the
 * parameter by {@code ηλ} of itself, whatever its gradient.
 *
 * @param beta1 decay of the mean gradient, in {@code [0, 1)}
 * @param beta2 decay of the mean square, in {@code [0, 1)}
 * @param epsilon keeps the division finite
 * @param weightDecay {@code λ}
 */
public record AdamW(double beta1, double beta2, double epsilon, double weightDecay)
    implements AdaptiveMoments {
  /** Checks the numbers. */
  public AdamW {
    AdaptiveMoments.check(beta1, beta2, epsilon, weightDecay);
  }

  /** With β = 0.9 and 0.999, ε = 1e-8, weight decay 0.01. */
  public AdamW() {
    this(0.9, 0.999, 1e-8, 0.01);
  }

  /** With other decays of the running means. */
  public AdamW betas(double first, double second) {
    return new AdamW(first, second, epsilon, weightDecay);
  }

  /** With another ε. */
  public AdamW epsilon(double value) {
    return new AdamW(beta1, beta2, value, weightDecay);
  }

  /** With another weight decay. */
  public AdamW weightDecay(double value) {
    return new AdamW(beta1, beta2, epsilon, value);
  }

  @Override
  public boolean decaysDirectly() {
    return true;
  }
}
