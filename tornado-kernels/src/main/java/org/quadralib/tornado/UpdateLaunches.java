package org.quadralib.tornado;

import org.quadralib.graph.op.AdadeltaUpdate;
import org.quadralib.graph.op.AdamUpdate;
import org.quadralib.graph.op.MovingAverage;
import org.quadralib.graph.op.SgdUpdate;
import org.quadralib.graph.op.StateUpdate;

/** The launches that replace states. */
final class UpdateLaunches {
  private UpdateLaunches() {}

  /** One launch for all states of an update. */
  static Launch of(StateUpdate op, Operands at) {
    int n = Operands.elements(at.y());
    return switch (op) {
      case MovingAverage average ->
          Launch.of(Family.MOVING_AVERAGE, n, at.y(0), at.x(1))
              .with(1 - average.momentum(), average.momentum() * average.correction());
      case SgdUpdate sgd ->
          Launch.of(
                  Family.SGD,
                  n,
                  at.y(0),
                  at.x(1),
                  sgd.momentum() == 0 ? -1 : at.y(1),
                  at.x(at.node().inputs().size() - 1),
                  sgd.nesterov() ? 1 : 0)
              .with(sgd.momentum(), sgd.weightDecay());
      case AdamUpdate adam ->
          Launch.of(
                  Family.ADAM,
                  n,
                  at.y(0),
                  at.x(1),
                  at.y(1),
                  at.y(2),
                  at.x(4),
                  adam.decoupled() ? 1 : 0)
              .with(
                  adam.beta1(),
                  1 - adam.beta1(),
                  adam.beta2(),
                  1 - adam.beta2(),
                  adam.epsilon(),
                  adam.weightDecay());
      case AdadeltaUpdate adadelta ->
          Launch.of(Family.ADADELTA, n, at.y(0), at.x(1), at.y(1), at.y(2), at.x(4))
              .with(adadelta.rho(), 1 - adadelta.rho(), adadelta.epsilon(), adadelta.weightDecay());
    };
  }
}
