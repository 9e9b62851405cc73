package org.quadralib.backend.scalar;

import org.quadralib.backend.Kernel;
import org.quadralib.backend.Memory;
import org.quadralib.graph.op.AdadeltaUpdate;
import org.quadralib.graph.op.AdamUpdate;
import org.quadralib.graph.op.MovingAverage;
import org.quadralib.graph.op.SgdUpdate;
import org.quadralib.graph.op.StateUpdate;
import org.quadralib.tensor.Tensor;

/** Updates of state in place: result {@code i} is the memory of the operand it replaces. */
final class ScalarUpdates {
  private ScalarUpdates() {}

  static Kernel kernel(StateUpdate op, Memory m) {
    return switch (op) {
      case MovingAverage average -> () -> movingAverage(average, m);
      case SgdUpdate sgd -> () -> sgd(sgd, m);
      case AdamUpdate adam -> () -> adam(adam, m);
      case AdadeltaUpdate adadelta -> () -> adadelta(adadelta, m);
    };
  }

  private static void movingAverage(MovingAverage op, Memory m) {
    Tensor running = m.out();
    for (long i = 0; i < running.elements(); i++) {
      double batch = op.correction() * m.in(1).get(i);
      running.set(i, (1 - op.momentum()) * running.get(i) + op.momentum() * batch);
    }
  }

  private static void sgd(SgdUpdate op, Memory m) {
    Tensor w = m.out(0);
    double rate = m.inputs().getLast().get(0);
    for (long i = 0; i < w.elements(); i++) {
      double d = m.in(1).get(i) + op.weightDecay() * w.get(i);
      if (op.momentum() != 0) {
        double v = op.momentum() * m.out(1).get(i) + d;
        m.out(1).set(i, v);
        d = op.nesterov() ? d + op.momentum() * v : v;
      }
      w.set(i, w.get(i) - rate * d);
    }
  }

  private static void adam(AdamUpdate op, Memory m) {
    Tensor w = m.out(0);
    double rate = m.in(4).get(0);
    double correction1 = m.in(4).get(1);
    double correction2 = m.in(4).get(2);
    for (long i = 0; i < w.elements(); i++) {
      double parameter = w.get(i);
      double gradient = m.in(1).get(i);
      if (op.decoupled()) {
        parameter *= 1 - rate * op.weightDecay();
      } else {
        gradient += op.weightDecay() * parameter;
      }
      double first = op.beta1() * m.out(1).get(i) + (1 - op.beta1()) * gradient;
      double second = op.beta2() * m.out(2).get(i) + (1 - op.beta2()) * gradient * gradient;
      m.out(1).set(i, first);
      m.out(2).set(i, second);
      double denominator = Math.sqrt(second / correction2) + op.epsilon();
      w.set(i, parameter - rate * (first / correction1) / denominator);
    }
  }

  private static void adadelta(AdadeltaUpdate op, Memory m) {
    Tensor w = m.out(0);
    double rate = m.in(4).get(0);
    for (long i = 0; i < w.elements(); i++) {
      double d = m.in(1).get(i) + op.weightDecay() * w.get(i);
      double squares = op.rho() * m.out(1).get(i) + (1 - op.rho()) * d * d;
      double step = Math.sqrt((m.out(2).get(i) + op.epsilon()) / (squares + op.epsilon())) * d;
      m.out(1).set(i, squares);
      m.out(2).set(i, op.rho() * m.out(2).get(i) + (1 - op.rho()) * step * step);
      w.set(i, w.get(i) - rate * step);
    }
  }
}
