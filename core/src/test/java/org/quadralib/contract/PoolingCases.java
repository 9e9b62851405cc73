package org.quadralib.contract;

import java.util.ArrayList;
import java.util.List;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.AvgPool2d;
import org.quadralib.graph.op.AvgPool2dGradient;
import org.quadralib.graph.op.MaxPool2d;
import org.quadralib.graph.op.MaxPool2dGradient;
import org.quadralib.graph.op.Window;
import org.quadralib.tensor.Shape;

/** Pooling. */
final class PoolingCases {
  private record Pool(String name, Window window, int... x) {
    int[] y() {
      return new int[] {x[0], x[1], window.outputHeight(x[2]), window.outputWidth(x[3])};
    }
  }

  private static final List<Pool> POOLS =
      List.of(
          new Pool("1x1", Window.square(1, 1, 0), 1, 1, 1, 1),
          new Pool("2x2 stride 2", Window.square(2, 2, 0), 2, 3, 4, 6),
          new Pool("2x2 stride 2, odd", Window.square(2, 2, 0), 1, 2, 5, 7),
          new Pool("2x2 stride 2, rows of 2", Window.square(2, 2, 0), 3, 7, 2, 2),
          new Pool("2x2 stride 2, rows of 4", Window.square(2, 2, 0), 3, 7, 4, 4),
          new Pool("2x2 stride 2, rows of 8, odd", Window.square(2, 2, 0), 2, 3, 5, 8),
          new Pool("2x2 stride 2, rows of 8", Window.square(2, 2, 0), 2, 3, 10, 8),
          new Pool("2x2 stride 2, rows of 16", Window.square(2, 2, 0), 2, 3, 10, 16),
          new Pool("2x2 stride 2, lanes + 1", Window.square(2, 2, 0), 1, 3, 18, 34),
          new Pool("3x3 stride 2 padding 1", Window.square(3, 2, 1), 2, 2, 7, 8),
          new Pool("3x3 stride 1 padding 1", Window.square(3, 1, 1), 1, 3, 5, 4),
          new Pool("2x3", LinearCases.window(2, 3, 2, 1, 1, 0, 1, 1), 1, 2, 6, 5),
          new Pool("3x2 dilation 2", LinearCases.window(3, 2, 1, 2, 1, 1, 2, 2), 1, 2, 7, 9),
          new Pool("gaps between windows", Window.square(2, 3, 0), 1, 2, 8, 9),
          new Pool("global", LinearCases.window(5, 3, 1, 1, 0, 0, 1, 1), 3, 17, 5, 3),
          new Pool("many", Window.square(2, 2, 0), 4, 17, 26, 38));

  private PoolingCases() {}

  static List<ContractCase> all() {
    List<ContractCase> cases = new ArrayList<>();
    for (Pool pool : POOLS) {
      max(cases, pool);
      average(cases, pool, true);
      average(cases, pool, false);
    }
    ties(cases, Window.square(3, 2, 1), 9, 11);
    ties(cases, Window.square(2, 2, 0), 7, 37);
    ties(cases, Window.square(2, 2, 0), 10, 16);
    ties(cases, Window.square(2, 2, 0), 10, 8);
    ties(cases, Window.square(2, 2, 0), 10, 4);
    ties(cases, Window.square(2, 2, 0), 34, 2);
    return cases;
  }

  /** Equal values, windows that hold nothing but negative ones beside padding, and NaN. */
  private static void ties(List<ContractCase> cases, Window window, int height, int width) {
    String name =
        "%dx%d of %dx%d, ".formatted(window.kernelHeight(), window.kernelWidth(), height, width);
    Values equal = Values.cycle(-1, -1, -2, -2, -1, -3, -1);
    Values broken = Values.cycle(1, -2, Float.NaN, 3, 0, -1, 2, 5, -4, 6, -6);
    int[] x = {1, 2, height, width};
    int[] y = {1, 2, window.outputHeight(height), window.outputWidth(width)};
    cases.add(
        ContractCase.plain(
            MaxPool2d.class,
            name + "ties of negative values",
            Bound.exact(),
            g -> g.output(new MaxPool2d(window), g.constant(equal, x))));
    cases.add(
        ContractCase.plain(
            MaxPool2dGradient.class,
            name + "ties go to the first",
            Bound.accumulated(),
            g -> {
              Value gradient = g.constant(Values.NORMAL, y);
              g.output(new MaxPool2dGradient(window), gradient, g.constant(equal, x));
            }));
    cases.add(
        ContractCase.plain(
            MaxPool2d.class,
            name + "NaN wins",
            Bound.exact(),
            g -> g.output(new MaxPool2d(window), g.constant(broken, x))));
    cases.add(
        ContractCase.plain(
            MaxPool2dGradient.class,
            name + "NaN wins",
            Bound.accumulated(),
            g -> {
              Value gradient = g.constant(Values.NORMAL, y);
              g.output(new MaxPool2dGradient(window), gradient, g.constant(broken, x));
            }));
  }

  private static void max(List<ContractCase> cases, Pool pool) {
    cases.add(
        ContractCase.once(
            MaxPool2d.class,
            pool.name,
            Bound.exact(),
            g -> g.output(new MaxPool2d(pool.window), g.variable(Values.DISTINCT, pool.x))));
    cases.add(
        ContractCase.plain(
            MaxPool2dGradient.class,
            pool.name,
            Bound.accumulated(),
            g -> {
              var gradient = g.constant(Values.NORMAL, pool.y());
              var x = g.constant(Values.DISTINCT, pool.x);
              g.output(new MaxPool2dGradient(pool.window), gradient, x);
            }));
  }

  private static void average(List<ContractCase> cases, Pool pool, boolean countPadding) {
    String name = pool.name + (countPadding ? ", padding counts" : "");
    cases.add(
        ContractCase.smooth(
            AvgPool2d.class,
            name,
            Bound.accumulated(),
            g -> g.output(new AvgPool2d(pool.window, countPadding), g.variable(pool.x))));
    cases.add(
        ContractCase.smooth(
            AvgPool2dGradient.class,
            name,
            Bound.accumulated(),
            g -> {
              var op = new AvgPool2dGradient(pool.window, countPadding, Shape.of(pool.x));
              g.output(op, g.variable(pool.y()));
            }));
  }
}
