package org.quadralib.contract;

import java.util.ArrayList;
import java.util.List;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.AdadeltaUpdate;
import org.quadralib.graph.op.AdamUpdate;
import org.quadralib.graph.op.MovingAverage;
import org.quadralib.graph.op.Op;
import org.quadralib.graph.op.SgdUpdate;
import org.quadralib.memory.Category;

/** Updates of parameters, optimizer state and running statistics, which happen in place. */
final class UpdateCases {
  private static final int[] SIZES = {1, 7, 17, 65, UnaryCases.MANY};

  private UpdateCases() {}

  static List<ContractCase> all() {
    List<ContractCase> cases = new ArrayList<>();
    add(cases, "plain", new SgdUpdate(0, 0, false), Values.cycle(0.1f), 1);
    add(cases, "weight decay", new SgdUpdate(0, 5e-4, false), Values.cycle(0.1f), 1);
    add(cases, "momentum", new SgdUpdate(0.9, 5e-4, false), Values.cycle(0.1f), 1);
    add(cases, "Nesterov", new SgdUpdate(0.9, 5e-4, true), Values.cycle(0.01f), 1);
    Values steps = Values.cycle(1e-2f, 0.271f, 0.003f);
    add(cases, "Adam", new AdamUpdate(0.9, 0.999, 1e-8, 0, false), steps, 3);
    add(cases, "L2", new AdamUpdate(0.9, 0.999, 1e-8, 0.01, false), steps, 3);
    add(cases, "AdamW", new AdamUpdate(0.9, 0.999, 1e-8, 0.05, true), steps, 3);
    add(cases, "decay", new AdadeltaUpdate(0.9, 1e-6, 1e-3), Values.cycle(1), 1);
    add(cases, "default", new MovingAverage(0.1, 1), null, 0);
    add(cases, "corrected", new MovingAverage(0.1, 128.0 / 127), null, 0);
    add(cases, "replacement", new MovingAverage(1, 1), null, 0);
    cases.add(
        ContractCase.plain(
            SgdUpdate.class,
            "of a gradient computed on the spot, weight read before",
            new Bound.Relative(32, 4),
            g -> {
              Value w = g.state("w", Category.PARAMETER, Values.NORMAL, 5, 9);
              Value x = g.constant(Values.NORMAL, 5, 9);
              Value gradient = g.ops().mul(g.ops().square(w), x);
              g.output(g.ops().sum(g.ops().mul(w, gradient), 0, 1));
              g.apply(new SgdUpdate(0, 0.1, false), w, gradient, g.constant(Values.cycle(0.1f), 1));
            }));
    return cases;
  }

  /** One update for each size, its results read as states. */
  private static void add(
      List<ContractCase> cases, String name, Op op, Values steps, int stepCount) {
    cases.add(
        ContractCase.plain(
            op.getClass(),
            name,
            new Bound.Relative(32, 4),
            g -> {
              for (int size : SIZES) {
                List<Value> operands = new ArrayList<>();
                operands.add(g.state("w" + size, Category.PARAMETER, Values.NORMAL, size));
                operands.add(g.constant(Values.NORMAL, size));
                for (int i = 0; i < kept(op); i++) {
                  // Momentum has both signs; the squares of Adam and Adadelta have not.
                  boolean signed = op instanceof SgdUpdate || (op instanceof AdamUpdate && i == 0);
                  Values values = signed ? Values.NORMAL : Values.POSITIVE;
                  operands.add(g.state("s" + i + "of" + size, Category.OPTIMIZER, values, size));
                }
                if (stepCount > 0) {
                  operands.add(g.constant(steps, stepCount));
                }
                g.applyAll(op, operands);
              }
            }));
  }

  private static int kept(Op op) {
    return switch (op) {
      case SgdUpdate sgd -> sgd.momentum() == 0 ? 0 : 1;
      case AdamUpdate adam -> 2;
      case AdadeltaUpdate adadelta -> 2;
      default -> 0;
    };
  }
}
