package org.quadralib.plan;

import java.util.List;
import org.quadralib.graph.op.BatchNormGradient;
import org.quadralib.graph.op.BatchNormalize;
import org.quadralib.graph.op.Binary;
import org.quadralib.graph.op.Dropout;
import org.quadralib.graph.op.MulAdd;
import org.quadralib.graph.op.Op;
import org.quadralib.graph.op.Softmax;
import org.quadralib.graph.op.Unary;
import org.quadralib.graph.op.UnaryGradient;

/**
 * Which operands the first result of an operation may overwrite, if nobody reads them any more and
 * types agree. Kernels of these operations read each element before they write it.
 */
final class InPlace {
  private InPlace() {}

  static List<Integer> candidates(Op op) {
    return switch (op) {
      case Unary unary -> List.of(0);
      case UnaryGradient gradient -> List.of(0, 1);
      case Binary binary -> List.of(0, 1);
      case MulAdd mulAdd -> List.of(0, 1, 2);
      case Dropout dropout -> List.of(0);
      case BatchNormalize normalize -> List.of(0);
      case BatchNormGradient gradient -> List.of(0, 1);
      case Softmax softmax -> List.of(0);
      default -> List.of();
    };
  }
}
