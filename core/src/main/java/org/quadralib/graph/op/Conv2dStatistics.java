package org.quadralib.graph.op;

import java.util.ArrayList;
import java.util.List;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.TensorType;

/**
 * A convolution and the {@link BatchStatistics} of its maps, which are taken while these are in the
 * cache. Operands: those of the convolution. Results: those of the convolution, then {@code mean
 * [o]} and {@code variance [o]} of each.
 */
public record Conv2dStatistics(Conv2d convolution) implements Fused {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    List<TensorType> maps = convolution.infer(operands);
    List<TensorType> results = new ArrayList<>(maps);
    for (TensorType map : maps) {
      TensorType perChannel = map.with(Shape.of(map.shape().dim(1)));
      results.add(perChannel);
      results.add(perChannel);
    }
    return results;
  }
}
