package org.quadralib.train;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Tensor;

/** What class labels become as the target of a loss. */
final class Targets {
  private Targets() {}

  /**
   * Writes labels as they are for losses on labels; as 0 and 1 for losses on numbers: one column
   * per class, or, if there is one column only, the label itself. Negative labels give zeros.
   *
   * @param labels int32, one for each row of the target
   */
  static void write(MemorySegment labels, Tensor target) {
    if (target.type().dtype() == DType.INT32) {
      MemorySegment.copy(labels, 0, target.segment(), 0, target.segment().byteSize());
      return;
    }
    int rows = target.shape().dim(0);
    int columns = Math.toIntExact(target.elements() / rows);
    for (int row = 0; row < rows; row++) {
      int label = labels.getAtIndex(ValueLayout.JAVA_INT_UNALIGNED, row);
      if (label >= Math.max(columns, 2)) {
        throw new IllegalArgumentException(
            "label %d at position %d of the batch is not one of %d classes"
                .formatted(label, row, Math.max(columns, 2)));
      }
      for (int column = 0; column < columns; column++) {
        boolean set = columns == 1 ? label == 1 : label == column;
        target.set((long) row * columns + column, set ? 1 : 0);
      }
    }
  }
}
