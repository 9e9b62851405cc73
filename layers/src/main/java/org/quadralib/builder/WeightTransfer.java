package org.quadralib.builder;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quadralib.layers.Model;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;

/** Gives a changed network the weights of the one it was made from. */
public final class WeightTransfer {
  private WeightTransfer() {}

  /**
   * Copies every parameter of the same name. Where the shapes differ, because a layer before was
   * removed, the part that both have is copied and the rest stays as it was initialised.
   */
  public static void copy(Model from, Model to) {
    for (Map.Entry<String, Tensor> entry : to.parameters().entrySet()) {
      @Nullable Tensor source = from.parameters().get(entry.getKey());
      if (source != null && source.shape().rank() == entry.getValue().shape().rank()) {
        copyCommonPart(source, entry.getValue());
      }
    }
  }

  private static void copyCommonPart(Tensor source, Tensor target) {
    if (source.type().equals(target.type())) {
      target.copyFrom(source);
      return;
    }
    Shape from = source.shape();
    Shape to = target.shape();
    int[] index = new int[to.rank()];
    for (long i = 0; i < target.elements(); i++) {
      long rest = i;
      boolean common = true;
      for (int axis = to.rank() - 1; axis >= 0; axis--) {
        index[axis] = (int) (rest % to.dim(axis));
        rest /= to.dim(axis);
        common &= index[axis] < from.dim(axis);
      }
      if (common) {
        target.set(i, source.get(source.indexOf(index)));
      }
    }
  }
}
