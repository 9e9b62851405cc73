package org.quadralib.contract;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.Broadcast;
import org.quadralib.graph.op.Concat;
import org.quadralib.graph.op.Fill;
import org.quadralib.graph.op.Pad;
import org.quadralib.graph.op.Reshape;
import org.quadralib.graph.op.Slice;
import org.quadralib.graph.op.Sum;
import org.quadralib.graph.op.Transpose;
import org.quadralib.tensor.Shape;

/** What moves, repeats and sums elements. */
final class MovementCases {
  private static final int[] IMAGE = {3, 5, 4, 7};

  private MovementCases() {}

  static List<ContractCase> all() {
    List<ContractCase> cases = new ArrayList<>();
    sums(cases);
    broadcasts(cases);
    permutations(cases);
    parts(cases);
    cases.add(
        ContractCase.plain(
            Fill.class,
            "sizes",
            Bound.exact(),
            g -> {
              for (int size : UnaryCases.SIZES) {
                g.output(new Fill(g.type(size), -0.1 * size));
              }
              g.output(new Fill(g.type(), 3));
              g.output(new Fill(g.type(UnaryCases.MANY), 1));
            }));
    return cases;
  }

  private static void sums(List<ContractCase> cases) {
    sum(cases, List.of(0), 65);
    sum(cases, List.of(0), 1);
    sum(cases, List.of(0), 17, 9);
    sum(cases, List.of(1), 17, 9);
    sum(cases, List.of(0, 1), 5, 33);
    sum(cases, List.of(), 3, 4);
    sum(cases, List.of(0, 2, 3), IMAGE); // a bias gradient
    sum(cases, List.of(1), IMAGE);
    sum(cases, List.of(2, 3), IMAGE);
    sum(cases, List.of(0, 1), IMAGE);
    sum(cases, List.of(1, 3), IMAGE);
    sum(cases, List.of(0, 1, 2, 3), IMAGE);
    sum(cases, List.of(3), 2, 3, 2, 9, 5); // a full quadratic form
    sum(cases, List.of(0, 4), 2, 3, 2, 9, 5);
    sum(cases, List.of(1), 3, 1, 5);
    sum(cases, List.of(0, 2, 3), 6, 9, 33, 31);
    sum(cases, List.of(0), UnaryCases.MANY);
    sum(cases, List.of(0), 131, 263);
    sum(cases, List.of(1), 3, 9001);
    sum(cases, List.of(0, 2, 3), 2, 3, 67, 65);
  }

  private static void sum(List<ContractCase> cases, List<Integer> axes, int... dims) {
    cases.add(
        ContractCase.smooth(
            Sum.class,
            ElementwiseCases.dims(dims) + " over " + axes,
            Bound.accumulated(),
            g -> g.output(new Sum(axes), g.variable(dims))));
  }

  private static void broadcasts(List<ContractCase> cases) {
    int[][][] pairs = {
      {{}, {7}},
      {{1}, {33}},
      {{5}, {3, 5}},
      {{5, 1}, {5, 17}},
      {{3, 1, 1}, {2, 3, 4, 5}},
      {{2, 1, 4, 1}, {2, 3, 4, 5}},
      {{2, 3}, {2, 3}},
      {{1, 9, 1, 1}, {5, 9, 31, 33}},
    };
    for (int[][] pair : pairs) {
      cases.add(
          ContractCase.smooth(
              Broadcast.class,
              ElementwiseCases.dims(pair[0]) + " to " + ElementwiseCases.dims(pair[1]),
              Bound.exact(),
              g -> g.output(new Broadcast(Shape.of(pair[1])), g.variable(pair[0]))));
    }
  }

  private static void permutations(List<ContractCase> cases) {
    transpose(cases, List.of(0), 5);
    transpose(cases, List.of(1, 0), 7, 9);
    transpose(cases, List.of(1, 0), 33, 65);
    transpose(cases, List.of(0, 2, 1), 2, 5, 17);
    transpose(cases, List.of(2, 0, 1), 3, 4, 5);
    transpose(cases, List.of(0, 2, 3, 1), IMAGE); // channels last
    transpose(cases, List.of(0, 3, 1, 2), IMAGE); // and back
    transpose(cases, List.of(3, 2, 1, 0), IMAGE);
    transpose(cases, List.of(0, 2, 1, 4, 3), 2, 3, 1, 4, 5);
    transpose(cases, List.of(0, 2, 3, 1), 3, 17, 31, 29);
    for (int[] shape : new int[][] {{105}, {7, 15}, {1, 3, 5, 7}, {105, 1}}) {
      cases.add(
          ContractCase.smooth(
              Reshape.class,
              "to " + ElementwiseCases.dims(shape),
              Bound.exact(),
              g -> {
                // Of an input, and of a value that nothing else keeps alive.
                Value x = g.variable(3, 5, 7);
                g.output(new Reshape(Shape.of(shape)), x);
                g.output(new Reshape(Shape.of(shape)), g.ops().affine(x, 2, 0));
              }));
    }
    cases.add(
        ContractCase.smooth(
            Reshape.class,
            "of a scalar",
            Bound.exact(),
            g -> g.output(new Reshape(Shape.of(1, 1)), g.variable())));
  }

  private static void transpose(List<ContractCase> cases, List<Integer> axes, int... dims) {
    cases.add(
        ContractCase.smooth(
            Transpose.class,
            ElementwiseCases.dims(dims) + " by " + axes,
            Bound.exact(),
            g -> g.output(new Transpose(axes), g.variable(dims))));
  }

  private static void parts(List<ContractCase> cases) {
    for (int axis = 0; axis < IMAGE.length; axis++) {
      int along = axis;
      int extent = IMAGE[axis];
      cases.add(
          ContractCase.smooth(
              Slice.class,
              "along axis " + axis,
              Bound.exact(),
              g -> {
                Value x = g.variable(IMAGE);
                g.output(new Slice(along, 0, 1), x);
                g.output(new Slice(along, 1, extent), x);
                g.output(new Slice(along, 0, extent), x);
              }));
      cases.add(
          ContractCase.smooth(
              Pad.class,
              "along axis " + axis,
              Bound.exact(),
              g -> {
                Value x = g.variable(IMAGE);
                g.output(new Pad(along, 2, 1), x);
                g.output(new Pad(along, 0, 3), x);
                g.output(new Pad(along, 0, 0), x);
              }));
      cases.add(
          ContractCase.smooth(
              Concat.class,
              "along axis " + axis,
              Bound.exact(),
              g -> {
                int[] other = IMAGE.clone();
                other[along] = 9;
                int[] third = IMAGE.clone();
                third[along] = 1;
                g.output(
                    new Concat(along), g.variable(IMAGE), g.variable(other), g.variable(third));
              }));
    }
    cases.add(
        ContractCase.smooth(
            Concat.class,
            "of one and of the same twice",
            Bound.exact(),
            g -> {
              Value x = g.variable(5, 3);
              g.output(new Concat(1), x);
              g.output(new Concat(0), x, x);
            }));
    cases.add(
        ContractCase.smooth(
            Concat.class,
            "of vectors",
            Bound.exact(),
            g ->
                g.output(
                    new Concat(0),
                    Arrays.stream(UnaryCases.SIZES).mapToObj(g::variable).toArray(Value[]::new))));
  }
}
