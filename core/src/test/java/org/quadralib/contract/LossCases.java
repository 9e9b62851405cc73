package org.quadralib.contract;

import java.util.ArrayList;
import java.util.List;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.CorrectPredictions;
import org.quadralib.graph.op.GlobalNorm;
import org.quadralib.graph.op.NegativeLogLikelihood;
import org.quadralib.graph.op.NegativeLogLikelihoodGradient;
import org.quadralib.graph.op.Softmax;

/** What stands at the end of a network. */
final class LossCases {
  private static final int[][] LOGITS = {{1}, {7}, {1, 1}, {5, 10}, {3, 17}, {33, 2}, {2, 3, 5}};

  private LossCases() {}

  static List<ContractCase> all() {
    List<ContractCase> cases = new ArrayList<>();
    softmax(cases);
    likelihood(cases);
    correct(cases);
    norm(cases);
    return cases;
  }

  private static void softmax(List<ContractCase> cases) {
    for (boolean log : new boolean[] {false, true}) {
      Softmax op = new Softmax(log);
      String prefix = log ? "log, " : "";
      for (int[] shape : LOGITS) {
        cases.add(
            ContractCase.smooth(
                Softmax.class,
                prefix + ElementwiseCases.dims(shape),
                new Bound.Relative(16, log ? 1 : 0.1),
                g -> g.output(op, g.variable(shape))));
      }
      cases.add(
          ContractCase.smooth(
              Softmax.class,
              prefix + "a thousand classes",
              new Bound.Relative(32, log ? 1 : 0.01),
              g -> g.output(op, g.variable(41, 1000))));
      // Without subtracting the largest logit this is inf/inf; the error is that of a logit.
      cases.add(
          ContractCase.plain(
              Softmax.class,
              prefix + "large logits",
              new Bound.Relative(8, log ? 1000 : 1),
              g -> g.output(op, g.constant(Values.normal(0, 400), 9, 33))));
      Values flat = Values.cycle(1e4f, 1e4f, -1e4f);
      cases.add(
          ContractCase.plain(
              Softmax.class,
              prefix + "equal logits",
              new Bound.Relative(8, log ? 1e4 : 1),
              g -> g.output(op, g.constant(flat, 5, 7))));
    }
  }

  private static void likelihood(List<ContractCase> cases) {
    for (double smoothing : new double[] {0, 0.1}) {
      likelihood(cases, "one row", smoothing, 5, 3);
      likelihood(cases, "one class", smoothing, 1, 0, 0);
      likelihood(cases, "full batch", smoothing, 10, 0, 9, 5, 5, 2, 7, 1, 3, 8);
      likelihood(cases, "padded batch", smoothing, 10, 4, -1, 9, 0, -1, -1);
      likelihood(cases, "nothing but padding", smoothing, 4, -1, -1, -1);
      likelihood(cases, "a hundred and one classes", smoothing, 101, 100, 0, -7, 50, 64, 63, 17);
      cases.add(
          ContractCase.smooth(
              NegativeLogLikelihood.class,
              "cross-entropy, smoothing " + smoothing,
              new Bound.Relative(32, 4),
              g -> {
                Value labels = g.labels(3, 0, -1, 9, 9);
                Value logits = g.variable(Values.normal(0, 3), 5, 10);
                g.output(new NegativeLogLikelihood(smoothing), g.ops().logSoftmax(logits), labels);
              }));
    }
    // A class that cannot be: log p = −∞ must not turn 0 · ∞ into NaN.
    cases.add(
        ContractCase.plain(
            NegativeLogLikelihood.class,
            "impossible classes",
            Bound.accumulated(),
            g -> {
              Values values = Values.cycle(Float.NEGATIVE_INFINITY, -0.5f, -2);
              Value probabilities = g.constant(values, 4, 3);
              g.output(new NegativeLogLikelihood(0), probabilities, g.labels(1, 2, 1, -1));
            }));
  }

  private static void likelihood(
      List<ContractCase> cases, String name, double smoothing, int classes, float... labels) {
    String title = name + ", smoothing " + smoothing;
    cases.add(
        ContractCase.smooth(
            NegativeLogLikelihood.class,
            title,
            Bound.accumulated(),
            g ->
                g.output(
                    new NegativeLogLikelihood(smoothing),
                    g.variable(labels.length, classes),
                    g.labels(labels))));
    cases.add(
        ContractCase.smooth(
            NegativeLogLikelihoodGradient.class,
            title,
            Bound.accumulated(),
            g ->
                g.output(
                    new NegativeLogLikelihoodGradient(smoothing, classes),
                    g.variable(),
                    g.labels(labels))));
  }

  private static void correct(List<ContractCase> cases) {
    Values any = Values.NORMAL;
    correct(cases, "one row", any, 5, 3);
    correct(cases, "one class", any, 1, 0, -1);
    correct(cases, "full batch", any, 3, 0, 2, 1, 1, 2, 0, 1, 2, 0, 0, 1, 2, 2, 1, 0, 1, 0, 2, 1);
    correct(cases, "padded batch", any, 2, 1, -1, 0, 1, 0, 0, 1, -1, -1);
    correct(cases, "nothing but padding", any, 4, -1, -7, -1);
    correct(cases, "a hundred and one classes", any, 101, 100, 0, -7, 50, 64, 63, 17);
    Values equal = Values.cycle(1, 1, -1);
    correct(cases, "the first of equals", equal, 3, 0, 1, 2, 0, 0, 1);
    Values missing = Values.cycle(Float.NaN, -2, 3, Float.NEGATIVE_INFINITY);
    correct(cases, "no numbers and infinities", missing, 4, 0, 1, 2, 3, 2);
    correct(cases, "nothing but infinities", Values.cycle(Float.NEGATIVE_INFINITY), 3, 0, 1);
    correct(cases, "nothing but no numbers", Values.cycle(Float.NaN), 3, 0, 1, 2);
  }

  private static void correct(
      List<ContractCase> cases, String name, Values logits, int classes, float... labels) {
    cases.add(
        ContractCase.plain(
            CorrectPredictions.class,
            name,
            Bound.exact(),
            g ->
                g.output(
                    new CorrectPredictions(),
                    g.constant(logits, labels.length, classes),
                    g.labels(labels))));
  }

  private static void norm(List<ContractCase> cases) {
    cases.add(
        ContractCase.smooth(
            GlobalNorm.class,
            "of one",
            Bound.accumulated(),
            g -> g.output(new GlobalNorm(), g.variable(65))));
    cases.add(
        ContractCase.smooth(
            GlobalNorm.class,
            "of several shapes",
            Bound.accumulated(),
            g ->
                g.output(
                    new GlobalNorm(),
                    g.variable(17, 3),
                    g.variable(1),
                    g.variable(2, 3, 3, 3),
                    g.variable(5))));
    cases.add(
        ContractCase.smooth(
            GlobalNorm.class,
            "many",
            Bound.accumulated(),
            g -> g.output(new GlobalNorm(), g.variable(UnaryCases.MANY), g.variable(7001))));
    // Gradients that explode are the ones that get clipped: their squares overflow a float.
    cases.add(
        ContractCase.plain(
            GlobalNorm.class,
            "huge and tiny values",
            Bound.accumulated(),
            g -> {
              g.output(new GlobalNorm(), g.constant(Values.normal(0, 1e25), 33));
              g.output(new GlobalNorm(), g.constant(Values.normal(0, 1e-25), 33));
            }));
  }
}
