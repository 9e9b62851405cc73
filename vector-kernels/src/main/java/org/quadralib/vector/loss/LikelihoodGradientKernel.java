package org.quadralib.vector.loss;

import static org.quadralib.vector.gemm.Memory.set;

import org.quadralib.backend.Kernel;
import org.quadralib.backend.Labels;
import org.quadralib.backend.Memory;
import org.quadralib.graph.op.NegativeLogLikelihoodGradient;
import org.quadralib.tensor.Tensor;
import org.quadralib.vector.loop.Floats;

/** Gradient of {@link LikelihoodKernel}: a row of one value, except at the label. */
public final class LikelihoodGradientKernel implements Kernel {
  private final double smoothing;
  private final Tensor gradient;
  private final Tensor labels;
  private final int classes;
  private final long result;

  /** A kernel bound to its memory. */
  public LikelihoodGradientKernel(NegativeLogLikelihoodGradient op, Memory memory) {
    smoothing = op.smoothing();
    gradient = memory.in(0);
    labels = memory.in(1);
    classes = op.classes();
    result = Floats.address(memory.out());
  }

  @Override
  public void run() {
    double scale = -gradient.get(0) / Labels.count(labels, classes);
    double uniform = smoothing / classes;
    for (long n = 0; n < labels.elements(); n++) {
      long label = labels.getLong(n);
      long row = result + 4 * n * classes;
      Floats.fill(row, classes, label < 0 ? 0f : (float) (scale * uniform));
      if (label >= 0) {
        set(row + 4 * label, (float) (scale * (uniform + 1 - smoothing)));
      }
    }
  }
}
