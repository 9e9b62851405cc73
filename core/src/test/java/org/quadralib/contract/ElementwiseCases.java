package org.quadralib.contract;

import java.util.ArrayList;
import java.util.List;
import org.quadralib.graph.op.Binary;
import org.quadralib.graph.op.Dropout;
import org.quadralib.graph.op.MulAdd;

/** Functions of several operands, with every kind of broadcast, and dropout. */
final class ElementwiseCases {
  /** Pairs of shapes that broadcast. */
  private static final int[][][] BROADCASTS = {
    {{3, 5}, {}}, // a scalar
    {{}, {3, 5}},
    {{3, 5}, {1}},
    {{3, 17}, {17}}, // a bias
    {{17}, {3, 17}},
    {{5, 9}, {5, 1}}, // a value for each row
    {{5, 1}, {5, 9}},
    {{4, 1}, {1, 5}}, // an outer product
    {{2, 3, 4, 5}, {3, 1, 1}}, // a value for each channel
    {{1, 3, 1, 1}, {2, 3, 4, 5}},
    {{2, 3, 4, 5}, {2, 3, 1, 1}}, // a gate for each image and channel
    {{2, 3, 4, 5}, {2, 1, 4, 5}},
    {{1, 3, 1}, {2, 1, 7}},
    {{2, 1, 3, 1, 5}, {1, 4, 1, 2, 1}},
    {{6, 4, 33, 65}, {4, 1, 1}},
  };

  private ElementwiseCases() {}

  static List<ContractCase> all() {
    List<ContractCase> cases = new ArrayList<>();
    for (Binary.Function function : Binary.Function.values()) {
      binary(cases, new Binary(function));
    }
    cases.add(
        ContractCase.smooth(
            MulAdd.class,
            "sizes",
            Bound.accumulated(),
            g -> {
              for (int size : UnaryCases.SIZES) {
                g.output(new MulAdd(), g.variable(size), g.variable(size), g.variable(size));
              }
            }));
    cases.add(
        ContractCase.smooth(
            MulAdd.class,
            "many",
            Bound.accumulated(),
            g -> {
              int n = UnaryCases.MANY;
              g.output(new MulAdd(), g.variable(n), g.variable(n), g.variable(n));
            }));
    cases.add(
        ContractCase.smooth(
            MulAdd.class,
            "of one operand",
            Bound.accumulated(),
            g -> {
              var x = g.variable(3, 11);
              g.output(new MulAdd(), x, x, x);
            }));
    dropout(cases);
    return cases;
  }

  private static void binary(List<ContractCase> cases, Binary op) {
    // Rounded once, like the reference.
    Bound bound = new Bound.Relative(1, 0);
    cases.add(
        ContractCase.smooth(
            Binary.class,
            op.function() + " sizes",
            bound,
            g -> {
              for (int size : UnaryCases.SIZES) {
                g.output(op, g.variable(size), g.variable(size));
              }
            }));
    cases.add(
        ContractCase.smooth(
            Binary.class,
            op.function() + " many",
            bound,
            g -> g.output(op, g.variable(UnaryCases.MANY), g.variable(UnaryCases.MANY))));
    for (int[][] shapes : BROADCASTS) {
      cases.add(
          ContractCase.smooth(
              Binary.class,
              op.function() + " " + dims(shapes[0]) + " " + dims(shapes[1]),
              bound,
              g -> g.output(op, g.variable(shapes[0]), g.variable(shapes[1]))));
    }
    cases.add(
        ContractCase.smooth(
            Binary.class,
            op.function() + " of one operand",
            bound,
            g -> {
              var x = g.variable(13);
              g.output(op, x, x);
            }));
  }

  private static void dropout(List<ContractCase> cases) {
    for (double rate : new double[] {0, 0.1, 0.5, 0.9}) {
      cases.add(
          ContractCase.smooth(
              Dropout.class,
              "rate " + rate,
              new Bound.Relative(2, 0),
              g -> {
                // Words of the generator come in fours, so 3, 4 and 5 elements matter.
                for (int size : UnaryCases.SIZES) {
                  g.output(new Dropout(rate, size), g.variable(size), g.counter(7, size));
                }
                g.output(new Dropout(rate, 3), g.variable(2, 3, 5, 7), g.counter(7, 2));
              }));
    }
    cases.add(
        ContractCase.smooth(
            Dropout.class,
            "many, large and negative counters",
            new Bound.Relative(2, 0),
            g -> {
              g.output(
                  new Dropout(0.3, 0x1234_5678_9ABC_DEFL),
                  g.variable(UnaryCases.MANY),
                  g.counter(0x1p62f, 0x1p41f));
              g.output(new Dropout(0.3, 1), g.variable(1031), g.counter(-5, -0x1p40f));
            }));
  }

  static String dims(int... dims) {
    return org.quadralib.tensor.Shape.of(dims).toString();
  }
}
