package org.quadralib.optim;

import java.util.List;
import org.quadralib.graph.op.AdadeltaUpdate;
import org.quadralib.graph.op.StateUpdate;

/**
 * Adadelta (Zeiler 2012): steps scaled by the ratio of two running means, of past steps and of past
 * gradients. Its usual learning rate is 1.
 *
 * @param rho decay of the running means, in {@code [0, 1)}
 * @param epsilon starts the process and keeps the division finite
 * @param weightDecay {@code λ}, added as {@code λw} to the gradient
 */
public record Adadelta(double rho, double epsilon, double weightDecay) implements Optimizer {
  /** Checks the numbers. */
  public Adadelta {
    Checks.fraction("rho", rho);
    Checks.positive("epsilon", epsilon);
    Checks.notNegative("the weight decay", weightDecay);
  }

  /** With ρ = 0.9, ε = 1e-6, without weight decay. */
  public Adadelta() {
    this(0.9, 1e-6, 0);
  }

  /** With another decay of the running means. */
  public Adadelta rho(double value) {
    return new Adadelta(value, epsilon, weightDecay);
  }

  /** With another ε. */
  public Adadelta epsilon(double value) {
    return new Adadelta(rho, value, weightDecay);
  }

  /** With another weight decay. */
  public Adadelta weightDecay(double value) {
    return new Adadelta(rho, epsilon, value);
  }

  @Override
  public List<String> slots() {
    return List.of("square_avg", "acc_delta");
  }

  @Override
  public StateUpdate update(double decay) {
    return new AdadeltaUpdate(rho, epsilon, decay);
  }
}
