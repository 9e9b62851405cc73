package org.quadralib.graph.op;

import java.util.List;
import java.util.OptionalDouble;
import org.quadralib.tensor.ShapeException;
import org.quadralib.tensor.TensorType;

/**
 * How one result is made of one to three maps, element by element: {@code A}, {@code A ∘ B} or
 * {@code A ∘ B + C}. Each map may be normalised before, the result after; then an addend is added,
 * and negative values are cut off. Operands, after the maps: for each map, if they are normalised,
 * {@code mean, variance, γ, β [c]}; the same four for the result; the addend.
 *
 * @param maps how many maps, 1 to 3
 * @param mapNorm ε of a batch normalisation of each map
 * @param norm ε of a batch normalisation of the result
 * @param addend whether a tensor like the result is added after that
 * @param relu whether the result is {@code max(0, ·)} of all this
 */
public record NormalizedForm(
    int maps, OptionalDouble mapNorm, OptionalDouble norm, boolean addend, boolean relu) {
  /** Operands of one normalisation. */
  public static final int NORM = 4;

  /** Rejects other numbers of maps. */
  public NormalizedForm {
    if (maps < 1 || maps > 3) {
      throw new ShapeException("a result is made of one to three maps, not of " + maps);
    }
  }

  /** Operands beside the maps. */
  public int operandCount() {
    return normCount() * NORM + (addend ? 1 : 0);
  }

  private int normCount() {
    return (mapNorm.isPresent() ? maps : 0) + (norm.isPresent() ? 1 : 0);
  }

  /** Where the four operands of the result's normalisation begin among those beside the maps. */
  public int normAt() {
    return mapNorm.isPresent() ? maps * NORM : 0;
  }

  /** Checks the operands beside the maps against the type of the maps. */
  void check(Op op, TensorType map, List<TensorType> operands) {
    Operands.count(op, operands, operandCount());
    BatchNormalize.perChannel(op, map, operands.subList(0, normCount() * NORM));
    if (addend) {
      Operands.same(op, "addend", map, operands.getLast());
    }
  }
}
