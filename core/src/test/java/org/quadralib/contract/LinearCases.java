package org.quadralib.contract;

import java.util.ArrayList;
import java.util.List;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.Conv2d;
import org.quadralib.graph.op.Conv2dInputGradient;
import org.quadralib.graph.op.Conv2dWeightGradient;
import org.quadralib.graph.op.Dense;
import org.quadralib.graph.op.DenseInputGradient;
import org.quadralib.graph.op.DenseWeightGradient;
import org.quadralib.graph.op.Fold;
import org.quadralib.graph.op.Unfold;
import org.quadralib.graph.op.Window;

/** Dense maps, convolutions, their adjoints, and patches. */
final class LinearCases {
  /** Batch, inputs, outputs: 1, primes, lanes ± 1, 4 · lanes + 1, far from square. */
  private static final int[][] DENSE = {
    {1, 1, 1},
    {1, 7, 3},
    {3, 1, 5},
    {5, 3, 1},
    {2, 4, 4},
    {3, 5, 7},
    {7, 8, 9},
    {9, 15, 16},
    {15, 16, 17},
    {17, 33, 31},
    {33, 17, 65},
    {2, 65, 33},
    {65, 2, 3},
    {1, 129, 130},
    {13, 300, 11},
    // Longer than the blocks that kernels cut products into, one extent at a time.
    {3, 1033, 5},
    {523, 5, 7},
    {2, 5, 1035}
  };

  /** A convolution: extents of its input, number of outputs, window, groups. */
  record Convolution(
      String name, int batch, int channels, int height, int width, int out, Window w, int groups) {

    int[] x() {
      return new int[] {batch, channels, height, width};
    }

    int[] weight() {
      return new int[] {out, channels / groups, w.kernelHeight(), w.kernelWidth()};
    }

    int[] y() {
      return new int[] {batch, out, w.outputHeight(height), w.outputWidth(width)};
    }

    /** Large enough to be split between threads, and slow on the reference backend. */
    boolean many() {
      return name.endsWith("many");
    }
  }

  static final List<Convolution> CONVOLUTIONS =
      List.of(
          new Convolution("1x1 of one pixel", 1, 1, 1, 1, 1, Window.square(1, 1, 0), 1),
          new Convolution("1x1", 2, 5, 3, 7, 9, Window.square(1, 1, 0), 1),
          new Convolution("1x1 stride 2", 2, 4, 5, 6, 3, Window.square(1, 2, 0), 1),
          new Convolution("3x3", 2, 3, 5, 7, 4, Window.square(3, 1, 1), 1),
          new Convolution("3x3 no padding", 1, 2, 3, 3, 5, Window.square(3, 1, 0), 1),
          new Convolution("3x3 of one pixel", 2, 3, 1, 1, 2, Window.square(3, 1, 1), 1),
          new Convolution("3x3 padding 2", 1, 2, 4, 3, 3, Window.square(3, 1, 2), 1),
          new Convolution("3x3 even", 2, 8, 8, 8, 16, Window.square(3, 1, 1), 1),
          new Convolution("3x3 lanes + 1", 1, 9, 9, 17, 17, Window.square(3, 1, 1), 1),
          new Convolution("3x3 lanes - 1", 1, 7, 15, 7, 15, Window.square(3, 1, 1), 1),
          new Convolution("3x3 stride 2", 2, 3, 7, 8, 4, Window.square(3, 2, 1), 1),
          new Convolution("3x3 stride 3", 1, 2, 8, 10, 3, Window.square(3, 3, 0), 1),
          new Convolution("3x3 dilation 2", 1, 3, 7, 8, 2, window(3, 3, 1, 1, 2, 2, 2, 2), 1),
          new Convolution("3x3 groups 2", 2, 4, 5, 5, 6, Window.square(3, 1, 1), 2),
          new Convolution("3x3 groups 3, stride 2", 1, 9, 6, 5, 6, Window.square(3, 2, 1), 3),
          new Convolution("3x3 depthwise", 2, 5, 6, 7, 5, Window.square(3, 1, 1), 5),
          new Convolution("3x3 depthwise, lanes + 1", 1, 17, 5, 9, 17, Window.square(3, 1, 1), 17),
          new Convolution("3x3 depthwise, stride 2", 2, 8, 7, 6, 8, Window.square(3, 2, 1), 8),
          new Convolution("3x3 depthwise, two outputs", 1, 3, 5, 4, 6, Window.square(3, 1, 1), 3),
          new Convolution("5x5", 1, 2, 6, 9, 3, Window.square(5, 1, 2), 1),
          new Convolution("7x7 stride 2", 1, 3, 11, 13, 2, Window.square(7, 2, 3), 1),
          new Convolution("7x7 depthwise", 1, 4, 9, 8, 4, Window.square(7, 1, 3), 4),
          new Convolution("1x3", 2, 3, 4, 7, 2, window(1, 3, 1, 2, 0, 1, 1, 1), 1),
          new Convolution("3x1", 1, 2, 7, 4, 3, window(3, 1, 2, 1, 1, 0, 1, 1), 1),
          new Convolution("2x3 uneven", 1, 2, 6, 8, 3, window(2, 3, 2, 1, 1, 2, 2, 1), 1),
          // Longer than the blocks that kernels cut convolutions into, one extent at a time.
          new Convolution("3x3 deep", 1, 61, 4, 5, 3, Window.square(3, 1, 1), 1),
          new Convolution("3x3 wide", 1, 2, 3, 5, 203, Window.square(3, 1, 1), 1),
          new Convolution("3x3 large image", 1, 2, 47, 46, 3, Window.square(3, 1, 1), 1),
          new Convolution("3x3 large image, stride 2", 1, 2, 91, 69, 3, Window.square(3, 2, 1), 1),
          new Convolution("3x3 large image, depthwise", 1, 3, 49, 45, 3, Window.square(3, 1, 1), 3),
          new Convolution("3x3 large batch", 67, 2, 3, 4, 3, Window.square(3, 1, 1), 1),
          new Convolution("1x1 deep", 1, 533, 3, 5, 3, Window.square(1, 1, 0), 1),
          new Convolution("1x1 large image", 2, 3, 35, 39, 5, Window.square(1, 1, 0), 1),
          new Convolution("1x1 many", 3, 33, 7, 9, 40, Window.square(1, 1, 0), 1),
          new Convolution("3x3 many", 3, 16, 9, 13, 33, Window.square(3, 1, 1), 1),
          new Convolution("3x3 stride 2, many", 2, 17, 13, 14, 24, Window.square(3, 2, 1), 1),
          new Convolution("3x3 depthwise, many", 3, 40, 14, 17, 40, Window.square(3, 1, 1), 40));

  private LinearCases() {}

  static Window window(int kh, int kw, int sh, int sw, int ph, int pw, int dh, int dw) {
    return new Window(kh, kw, sh, sw, ph, pw, dh, dw);
  }

  static List<ContractCase> all() {
    List<ContractCase> cases = new ArrayList<>();
    for (int[] size : DENSE) {
      dense(cases, size[0], size[1], size[2]);
    }
    CONVOLUTIONS.forEach(convolution -> convolution(cases, convolution));
    return cases;
  }

  private static void dense(List<ContractCase> cases, int batch, int in, int out) {
    String size = ElementwiseCases.dims(batch, in, out);
    for (int maps = 1; maps <= 3; maps++) {
      int count = maps;
      for (boolean bias : new boolean[] {false, true}) {
        cases.add(
            ContractCase.smooth(
                Dense.class,
                size + " maps " + maps + (bias ? " bias" : ""),
                Bound.accumulated(),
                g -> {
                  List<Value> operands = new ArrayList<>(List.of(g.variable(batch, in)));
                  variables(g, operands, count, out, in);
                  if (bias) {
                    variables(g, operands, count, out);
                  }
                  g.output(g.applyAll(new Dense(count, bias), operands));
                }));
      }
    }
    int maps = 1 + (batch + in + out) % 3;
    cases.add(
        ContractCase.smooth(
            DenseInputGradient.class,
            size + " maps " + maps,
            Bound.accumulated(),
            g -> {
              List<Value> operands = new ArrayList<>();
              variables(g, operands, maps, batch, out);
              variables(g, operands, maps, out, in);
              g.output(g.applyAll(new DenseInputGradient(maps), operands));
            }));
    cases.add(
        ContractCase.smooth(
            DenseWeightGradient.class,
            size + " maps " + maps,
            Bound.accumulated(),
            g -> {
              List<Value> operands = new ArrayList<>(List.of(g.variable(batch, in)));
              variables(g, operands, maps, batch, out);
              g.output(g.applyAll(new DenseWeightGradient(maps), operands));
            }));
  }

  private static void convolution(List<ContractCase> cases, Convolution c) {
    for (int maps = c.many() ? 3 : 1; maps <= 3; maps++) {
      int count = maps;
      boolean bias = maps != 2;
      cases.add(
          ContractCase.smooth(
              Conv2d.class,
              c.name + " maps " + maps + (bias ? " bias" : ""),
              Bound.accumulated(),
              g -> {
                List<Value> operands = new ArrayList<>(List.of(g.variable(c.x())));
                variables(g, operands, count, c.weight());
                if (bias) {
                  variables(g, operands, count, c.out);
                }
                g.output(g.applyAll(new Conv2d(c.w, c.groups, count, bias), operands));
              }));
    }
    int maps = 1 + (c.batch + c.channels + c.out) % 3;
    int order = c.many() ? 0 : 2;
    cases.add(
        new ContractCase(
            Conv2dInputGradient.class,
            c.name + " maps " + maps,
            g -> {
              List<Value> operands = new ArrayList<>();
              variables(g, operands, maps, c.y());
              variables(g, operands, maps, c.weight());
              var x = org.quadralib.tensor.Shape.of(c.x());
              g.output(g.applyAll(new Conv2dInputGradient(c.w, c.groups, maps, x), operands));
            },
            Bound.accumulated(),
            order));
    cases.add(
        new ContractCase(
            Conv2dWeightGradient.class,
            c.name + " maps " + maps,
            g -> {
              List<Value> operands = new ArrayList<>(List.of(g.variable(c.x())));
              variables(g, operands, maps, c.y());
              g.output(g.applyAll(new Conv2dWeightGradient(c.w, c.groups, maps), operands));
            },
            Bound.accumulated(),
            order));
    cases.add(
        ContractCase.smooth(
            Unfold.class,
            c.name,
            Bound.exact(),
            g -> g.output(new Unfold(c.w, c.groups), g.variable(c.x()))));
    cases.add(
        ContractCase.smooth(
            Fold.class,
            c.name,
            Bound.accumulated(),
            g -> {
              var x = g.type(c.x());
              var patches = new Unfold(c.w, c.groups).infer(List.of(x)).getFirst().shape();
              g.output(new Fold(c.w, c.groups, x.shape()), g.variable(patches.dims()));
            }));
  }

  static void variables(CaseGraph g, List<Value> operands, int count, int... dims) {
    for (int i = 0; i < count; i++) {
      operands.add(g.variable(dims));
    }
  }
}
