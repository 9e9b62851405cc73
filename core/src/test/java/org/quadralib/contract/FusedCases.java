package org.quadralib.contract;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import org.quadralib.contract.LinearCases.Convolution;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.Conv2d;
import org.quadralib.graph.op.Conv2dStatistics;
import org.quadralib.graph.op.FusedConv2d;
import org.quadralib.graph.op.FusedNormalize;
import org.quadralib.graph.op.NormalizedForm;
import org.quadralib.graph.op.QuadraticNormGradient;
import org.quadralib.graph.op.Window;

/** What backends may run as one kernel in place of several. */
final class FusedCases {
  private static final OptionalDouble NONE = OptionalDouble.empty();
  private static final OptionalDouble NORM = OptionalDouble.of(1e-5);

  private static final List<Convolution> CONVOLUTIONS =
      List.of(
          new Convolution("3x3", 2, 3, 5, 4, 4, Window.square(3, 1, 1), 1),
          new Convolution("3x3 wide", 3, 17, 8, 8, 33, Window.square(3, 1, 1), 1),
          new Convolution("3x3 large planes", 1, 16, 33, 31, 16, Window.square(3, 1, 1), 1),
          new Convolution("3x3 rows of three tiles", 3, 16, 12, 12, 16, Window.square(3, 1, 1), 1),
          new Convolution("3x3 stride 2, groups 2", 2, 4, 5, 7, 6, Window.square(3, 2, 1), 2),
          new Convolution("3x3 stride 2, many images", 19, 16, 4, 4, 16, Window.square(3, 2, 1), 1),
          new Convolution("3x3 depthwise", 2, 5, 6, 7, 5, Window.square(3, 1, 1), 5),
          new Convolution("1x1", 2, 5, 4, 3, 7, Window.square(1, 1, 0), 1));

  private static final int[][] SHAPES = {
    {9, 5},
    {16, 17},
    {5, 3, 7},
    {2, 8, 4, 4},
    {3, 5, 1, 7},
    {2, 4, 9, 15},
    {37, 5, 8, 8},
    {131, 5},
    {2, 3, 67, 65}
  };

  private static final List<NormalizedForm> FORMS =
      List.of(
          new NormalizedForm(1, NORM, NONE, false, true),
          new NormalizedForm(1, NORM, NONE, true, true),
          new NormalizedForm(1, NONE, NONE, false, true),
          new NormalizedForm(1, NORM, NORM, true, false),
          new NormalizedForm(2, NONE, NONE, false, false),
          new NormalizedForm(2, NORM, NORM, true, true),
          new NormalizedForm(3, NONE, NONE, true, false),
          new NormalizedForm(3, NONE, NORM, false, true),
          new NormalizedForm(3, NORM, NONE, false, false),
          new NormalizedForm(3, NORM, NORM, true, true));

  // Normalisations divide by deviations, and what they are part of cancels.
  private static final Bound BOUND = new Bound.Accumulated(16, true);

  private FusedCases() {}

  static List<ContractCase> all() {
    List<ContractCase> cases = new ArrayList<>();
    for (NormalizedForm form : FORMS) {
      for (Convolution conv : CONVOLUTIONS) {
        cases.add(convolution(conv, form));
      }
      for (int[] shape : SHAPES) {
        cases.add(normalize(shape, form));
      }
      cases.add(inPlace(form));
    }
    for (Convolution conv : CONVOLUTIONS) {
      for (int maps : new int[] {1, 3}) {
        cases.add(statistics(conv, maps, maps == 1));
      }
    }
    for (int[] shape : SHAPES) {
      cases.add(gradient(shape, Values.normal(0.5, 1.5), ElementwiseCases.dims(shape)));
    }
    cases.add(gradient(new int[] {4, 3, 6, 5}, Values.normal(-50, 2), "far from zero"));
    return cases;
  }

  private static ContractCase convolution(Convolution conv, NormalizedForm form) {
    return ContractCase.plain(
        FusedConv2d.class,
        conv.name() + ", " + name(form),
        BOUND,
        g -> {
          int channels = conv.out();
          List<Value> operands = new ArrayList<>();
          operands.add(g.constant(Values.NORMAL, conv.x()));
          for (int map = 0; map < form.maps(); map++) {
            operands.add(g.constant(Values.NORMAL, conv.weight()));
          }
          boolean bias = form.addend();
          operands.addAll(
              Collections.nCopies(bias ? form.maps() : 0, g.constant(Values.NORMAL, channels)));
          Conv2d op = new Conv2d(conv.w(), conv.groups(), form.maps(), bias);
          operands.addAll(beside(g, form, conv.y()));
          g.output(new FusedConv2d(op, form), operands.toArray(Value[]::new));
        });
  }

  private static ContractCase statistics(Convolution conv, int maps, boolean bias) {
    return ContractCase.plain(
        Conv2dStatistics.class,
        "%s, %d maps".formatted(conv.name(), maps),
        BOUND,
        g -> {
          List<Value> operands = new ArrayList<>();
          operands.add(g.constant(Values.NORMAL, conv.x()));
          for (int map = 0; map < maps; map++) {
            operands.add(g.constant(Values.NORMAL, conv.weight()));
          }
          for (int map = 0; bias && map < maps; map++) {
            operands.add(g.constant(Values.normal(3, 1), conv.out()));
          }
          Conv2d op = new Conv2d(conv.w(), conv.groups(), maps, bias);
          g.applyAll(new Conv2dStatistics(op), operands).forEach(g::output);
        });
  }

  private static ContractCase normalize(int[] shape, NormalizedForm form) {
    return ContractCase.plain(
        FusedNormalize.class,
        ElementwiseCases.dims(shape) + ", " + name(form),
        BOUND,
        g -> {
          List<Value> operands = new ArrayList<>();
          for (int map = 0; map < form.maps(); map++) {
            operands.add(g.constant(Values.normal(0.5, 1.5), shape));
          }
          operands.addAll(beside(g, form, shape));
          g.output(new FusedNormalize(form), operands.toArray(Value[]::new));
        });
  }

  /** The first map dies here, so the result may take its place. */
  private static ContractCase inPlace(NormalizedForm form) {
    return ContractCase.plain(
        FusedNormalize.class,
        "in place, " + name(form),
        BOUND,
        g -> {
          int[] shape = {3, 4, 5, 7};
          List<Value> operands = new ArrayList<>();
          for (int map = 0; map < form.maps(); map++) {
            operands.add(g.ops().affine(g.constant(Values.NORMAL, shape), 0.5, 0.25));
          }
          operands.addAll(beside(g, form, shape));
          Value y = g.apply(new FusedNormalize(form), operands.toArray(Value[]::new));
          g.output(g.ops().affine(y, 2, 0));
        });
  }

  private static ContractCase gradient(int[] shape, Values values, String name) {
    return ContractCase.plain(
        QuadraticNormGradient.class,
        name,
        // Sums over the batch are taken away from their terms.
        new Bound.Accumulated(64, true),
        g -> {
          List<Value> operands = new ArrayList<>(List.of(g.constant(Values.NORMAL, shape)));
          for (int map = 0; map < QuadraticNormGradient.MAPS; map++) {
            operands.add(g.ops().affine(g.constant(values, shape), 0.5, 0.25));
          }
          for (int map = 0; map < QuadraticNormGradient.MAPS; map++) {
            List<Value> norm = norm(g, shape[1], Values.normal(0.25, 0.75));
            operands.addAll(map < 2 ? norm : norm.subList(0, 3));
          }
          List<Value> results = g.applyAll(new QuadraticNormGradient(1e-5), operands);
          for (int i = 0; i < results.size(); i++) {
            g.output(g.ops().affine(results.get(i), 1, 0));
          }
        });
  }

  private static List<Value> beside(CaseGraph g, NormalizedForm form, int[] shape) {
    List<Value> operands = new ArrayList<>();
    int norms = (form.operandCount() - (form.addend() ? 1 : 0)) / NormalizedForm.NORM;
    for (int i = 0; i < norms; i++) {
      operands.addAll(norm(g, shape[1], Values.NORMAL));
    }
    if (form.addend()) {
      operands.add(g.ops().affine(g.constant(Values.NORMAL, shape), 2, 0.5));
    }
    return operands;
  }

  private static List<Value> norm(CaseGraph g, int channels, Values means) {
    return List.of(
        g.constant(means, channels),
        g.constant(Values.POSITIVE, channels),
        g.constant(Values.NORMAL, channels),
        g.constant(Values.NORMAL, channels));
  }

  private static String name(NormalizedForm form) {
    return "%d map%s%s%s%s%s"
        .formatted(
            form.maps(),
            form.maps() == 1 ? "" : "s",
            form.mapNorm().isPresent() ? " normalised" : "",
            form.norm().isPresent() ? ", norm" : "",
            form.addend() ? ", addend" : "",
            form.relu() ? ", relu" : "");
  }
}
