package org.quadralib.optim;

import java.util.List;
import org.quadralib.tensor.Tensor;

/** What {@link Adam} and {@link AdamW} share. */
final class AdamSteps {
  static final List<String> SLOTS = List.of("exp_avg", "exp_avg_sq");

  static final int COUNT = 3;

  private AdamSteps() {}

  /** The learning rate, then what makes the running means, which start at zero, unbiased. */
  static void write(double learningRate, double beta1, double beta2, long step, Tensor sizes) {
    sizes.set(0, learningRate);
    sizes.set(1, 1 - Math.pow(beta1, step + 1));
    sizes.set(2, 1 - Math.pow(beta2, step + 1));
  }
}
