package org.quadralib.vector.loss;

import static org.quadralib.vector.gemm.Memory.get;

import org.quadralib.backend.Kernel;
import org.quadralib.backend.Labels;
import org.quadralib.backend.Memory;
import org.quadralib.tensor.Tensor;
import org.quadralib.vector.loop.Floats;

/** Number of rows whose label has the largest logit. A batch of rows is too little to divide. */
public final class CorrectPredictionsKernel implements Kernel {
  private final Tensor labels;
  private final Tensor correct;
  private final int classes;
  private final long logits;

  /** A kernel bound to its memory. */
  public CorrectPredictionsKernel(Memory memory) {
    labels = memory.in(1);
    correct = memory.out();
    classes = memory.in(0).shape().dim(1);
    logits = Floats.address(memory.in(0));
  }

  @Override
  public void run() {
    Labels.count(labels, classes);
    int count = 0;
    for (long n = 0; n < labels.elements(); n++) {
      long label = labels.getLong(n);
      if (label >= 0 && isFirst(logits + 4 * n * classes, label)) {
        count++;
      }
    }
    correct.set(0, count);
  }

  private boolean isFirst(long row, long label) {
    float own = get(row + 4 * label);
    for (int j = 0; j < classes; j++) {
      float other = get(row + 4L * j);
      if (other > own || (other == own && j < label)) {
        return false;
      }
    }
    return !Float.isNaN(own);
  }
}
