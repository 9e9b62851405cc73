package org.quadralib.vector.loss;

import static org.quadralib.vector.gemm.Memory.get;

import org.quadralib.backend.Kernel;
import org.quadralib.backend.Labels;
import org.quadralib.backend.Memory;
import org.quadralib.graph.op.NegativeLogLikelihood;
import org.quadralib.tensor.Tensor;
import org.quadralib.vector.loop.Floats;

/** Mean negative log-likelihood of labels. A batch of rows is too little to divide. */
public final class LikelihoodKernel implements Kernel {
  private final double smoothing;
  private final Tensor labels;
  private final Tensor loss;
  private final int classes;
  private final long logProbabilities;

  /** A kernel bound to its memory. */
  public LikelihoodKernel(NegativeLogLikelihood op, Memory memory) {
    smoothing = op.smoothing();
    labels = memory.in(1);
    loss = memory.out();
    classes = memory.in(0).shape().dim(1);
    logProbabilities = Floats.address(memory.in(0));
  }

  @Override
  public void run() {
    int counted = Labels.count(labels, classes);
    double sum = 0;
    for (long n = 0; n < labels.elements(); n++) {
      long label = labels.getLong(n);
      if (label >= 0) {
        long row = logProbabilities + 4 * n * classes;
        sum -= (1 - smoothing) * get(row + 4 * label);
        if (smoothing != 0) {
          sum -= smoothing / classes * Floats.sum(row, classes);
        }
      }
    }
    loss.set(0, sum / counted);
  }
}
