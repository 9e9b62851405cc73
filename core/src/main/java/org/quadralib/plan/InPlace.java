package org.quadralib.plan;

import static org.quadralib.graph.op.QuadraticNormGradient.MAPS;

import java.util.List;
import java.util.stream.IntStream;
import org.quadralib.graph.op.BatchNormGradient;
import org.quadralib.graph.op.BatchNormalize;
import org.quadralib.graph.op.Binary;
import org.quadralib.graph.op.Dropout;
import org.quadralib.graph.op.FusedConv2d;
import org.quadralib.graph.op.FusedNormalize;
import org.quadralib.graph.op.MulAdd;
import org.quadralib.graph.op.Op;
import org.quadralib.graph.op.QuadraticNormGradient;
import org.quadralib.graph.op.Softmax;
import org.quadralib.graph.op.Unary;
import org.quadralib.graph.op.UnaryGradient;

/**
 * Which operands a result of an operation may overwrite, if nobody reads them any more and types
 * agree. Kernels of these operations read each element before they write it, of all operands but
 * where {@link #readsAllFirst} says otherwise.
 */
final class InPlace {
  private InPlace() {}

  static List<Integer> candidates(Op op, int result) {
    if (op instanceof QuadraticNormGradient) {
      // dA, dB and dC take the places of A, B and C.
      return result % MAPS == 0 ? List.of(1 + result / MAPS) : List.of();
    }
    return result == 0 ? ofFirst(op) : List.of();
  }

  /**
   * Whether a result may overwrite a value that is several operands at once. Not where what is left
   * of them is read after the result was written: with dA and dB, not yet dC.
   */
  static boolean readsAllFirst(Op op) {
    return !(op instanceof QuadraticNormGradient);
  }

  private static List<Integer> ofFirst(Op op) {
    return switch (op) {
      case Unary unary -> List.of(0);
      case UnaryGradient gradient -> List.of(0, 1);
      case Binary binary -> List.of(0, 1);
      case MulAdd mulAdd -> List.of(0, 1, 2);
      case Dropout dropout -> List.of(0);
      case BatchNormalize normalize -> List.of(0);
      case BatchNormGradient gradient -> List.of(0, 1);
      case Softmax softmax -> List.of(0);
      case FusedNormalize fused -> IntStream.range(0, fused.form().maps()).boxed().toList();
      case FusedConv2d fused when fused.form().addend() ->
          List.of(fused.convolutionOperands() + fused.form().operandCount() - 1);
      default -> List.of();
    };
  }
}
