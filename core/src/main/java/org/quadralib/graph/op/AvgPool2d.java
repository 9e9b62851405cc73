package org.quadralib.graph.op;

import java.util.List;
import org.quadralib.tensor.TensorType;

/**
 * Mean of each window. {@code x [n, c, h, w]} to {@code [n, c, oh, ow]}.
 *
 * @param countPadding whether padding counts as zeros in the mean or not at all
 */
public record AvgPool2d(Window window, boolean countPadding) implements Op {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Operands.count(this, operands, 1);
    return List.of(MaxPool2d.pooled(this, window, operands.get(0)));
  }
}
