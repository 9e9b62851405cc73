package org.quadralib.backend.scalar;

import org.quadralib.backend.Kernel;
import org.quadralib.backend.Labels;
import org.quadralib.backend.Memory;
import org.quadralib.graph.op.NegativeLogLikelihood;
import org.quadralib.graph.op.NegativeLogLikelihoodGradient;
import org.quadralib.graph.op.Softmax;
import org.quadralib.tensor.Tensor;

/** Softmax, likelihood, right answers and norms. */
final class ScalarLosses {
  private ScalarLosses() {}

  static Kernel softmax(Softmax op, Memory m) {
    return () -> {
      Tensor x = m.in(0);
      int classes = x.shape().dim(-1);
      for (long row = 0; row < x.elements(); row += classes) {
        double max = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < classes; j++) {
          max = Math.max(max, x.get(row + j));
        }
        double sum = 0;
        for (int j = 0; j < classes; j++) {
          sum += Math.exp(x.get(row + j) - max);
        }
        for (int j = 0; j < classes; j++) {
          double shifted = x.get(row + j) - max;
          m.out().set(row + j, op.log() ? shifted - Math.log(sum) : Math.exp(shifted) / sum);
        }
      }
    };
  }

  static Kernel negativeLogLikelihood(NegativeLogLikelihood op, Memory m) {
    return () -> {
      Tensor logProbability = m.in(0);
      Tensor labels = m.in(1);
      int classes = logProbability.shape().dim(1);
      int counted = Labels.count(labels, classes);
      double uniform = op.smoothing() / classes;
      double sum = 0;
      for (int n = 0; n < labels.elements(); n++) {
        long label = labels.getLong(n);
        if (label < 0) {
          continue;
        }
        for (int j = 0; j < classes; j++) {
          double target = uniform + (j == label ? 1 - op.smoothing() : 0);
          if (target != 0) {
            sum -= target * logProbability.get((long) n * classes + j);
          }
        }
      }
      m.out().set(0, sum / counted);
    };
  }

  static Kernel negativeLogLikelihoodGradient(NegativeLogLikelihoodGradient op, Memory m) {
    return () -> {
      Tensor labels = m.in(1);
      int classes = op.classes();
      double scale = m.in(0).get(0) / Labels.count(labels, classes);
      double uniform = op.smoothing() / classes;
      for (int n = 0; n < labels.elements(); n++) {
        long label = labels.getLong(n);
        for (int j = 0; j < classes; j++) {
          double target = uniform + (j == label ? 1 - op.smoothing() : 0);
          m.out().set((long) n * classes + j, label < 0 ? 0 : -scale * target);
        }
      }
    };
  }

  static Kernel correctPredictions(Memory m) {
    return () -> {
      Tensor logits = m.in(0);
      Tensor labels = m.in(1);
      int classes = logits.shape().dim(1);
      Labels.count(labels, classes);
      long correct = 0;
      for (int n = 0; n < labels.elements(); n++) {
        long label = labels.getLong(n);
        if (label >= 0 && isFirst(logits, (long) n * classes, label, classes)) {
          correct++;
        }
      }
      m.out().set(0, correct);
    };
  }

  private static boolean isFirst(Tensor logits, long row, long label, int classes) {
    double own = logits.get(row + label);
    for (int j = 0; j < classes; j++) {
      double other = logits.get(row + j);
      if (other > own || (other == own && j < label)) {
        return false;
      }
    }
    return !Double.isNaN(own);
  }

  static Kernel globalNorm(Memory m) {
    return () -> {
      double squares = 0;
      for (Tensor x : m.inputs()) {
        for (long i = 0; i < x.elements(); i++) {
          squares += x.get(i) * x.get(i);
        }
      }
      m.out().set(0, Math.sqrt(squares));
    };
  }
}
