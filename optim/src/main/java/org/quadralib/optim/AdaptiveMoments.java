package org.quadralib.optim;

import java.util.List;
import org.quadralib.graph.op.AdamUpdate;
import org.quadralib.graph.op.StateUpdate;
import org.quadralib.tensor.Tensor;

/** Steps from the running means of the gradient and of its square: what Adam and AdamW share. */
sealed interface AdaptiveMoments extends Optimizer permits Adam, AdamW {
  /** Decay of the mean gradient. */
  double beta1();

  /** Decay of the mean square. */
  double beta2();

  /** Keeps the division finite. */
  double epsilon();

  /** Whether weight decay shrinks the parameter itself instead of adding to its gradient. */
  boolean decaysDirectly();

  /** Checks the numbers both are made of. */
  static void check(double beta1, double beta2, double epsilon, double weightDecay) {
    Checks.fraction("beta1", beta1);
    Checks.fraction("beta2", beta2);
    Checks.positive("epsilon", epsilon);
    Checks.notNegative("the weight decay", weightDecay);
  }

  @Override
  default List<String> slots() {
    return List.of("exp_avg", "exp_avg_sq");
  }

  @Override
  default StateUpdate update(double decay) {
    return new AdamUpdate(beta1(), beta2(), epsilon(), decay, decaysDirectly());
  }

  @Override
  default int stepSizeCount() {
    return 3;
  }

  /** The learning rate, then what makes the running means, which start at zero, unbiased. */
  @Override
  default void stepSizes(double learningRate, long step, Tensor sizes) {
    sizes.set(0, learningRate);
    sizes.set(1, 1 - Math.pow(beta1(), step + 1));
    sizes.set(2, 1 - Math.pow(beta2(), step + 1));
  }
}
