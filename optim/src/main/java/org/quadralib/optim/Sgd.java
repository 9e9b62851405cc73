package org.quadralib.optim;

import java.util.List;
import org.quadralib.graph.op.SgdUpdate;
import org.quadralib.graph.op.StateUpdate;

/**
 * Stochastic gradient descent: {@code d = g + λw; v ← μv + d; w ← w − ηv}, as in PyTorch: the
 * learning rate is not part of the velocity. With Nesterov's momentum {@code w ← w − η(d + μv)}.
 *
 * @param momentum {@code μ}, in {@code [0, 1)}
 * @param nesterov whether to look ahead along the velocity
 * @param weightDecay {@code λ}
 */
public record Sgd(double momentum, boolean nesterov, double weightDecay) implements Optimizer {
  /** Checks the numbers. */
  public Sgd {
    Checks.fraction("the momentum", momentum);
    Checks.notNegative("the weight decay", weightDecay);
    if (nesterov && momentum == 0) {
      throw new IllegalArgumentException("Nesterov's momentum needs a momentum above 0");
    }
  }

  /** Momentum 0.9, without Nesterov's look ahead and weight decay. */
  public Sgd() {
    this(0.9, false, 0);
  }

  /** With another momentum; 0 for none. */
  public Sgd momentum(double value) {
    return new Sgd(value, nesterov, weightDecay);
  }

  /** With or without looking ahead. */
  public Sgd nesterov(boolean value) {
    return new Sgd(momentum, value, weightDecay);
  }

  /** With another weight decay. */
  public Sgd weightDecay(double value) {
    return new Sgd(momentum, nesterov, value);
  }

  @Override
  public List<String> slots() {
    return momentum == 0 ? List.of() : List.of("momentum");
  }

  @Override
  public StateUpdate update(double decay) {
    return new SgdUpdate(momentum, decay, nesterov);
  }
}
