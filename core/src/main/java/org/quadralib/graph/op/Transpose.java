package org.quadralib.graph.op;

import java.util.List;
import java.util.stream.IntStream;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.TensorType;

/**
 * Permutes the axes: axis {@code i} of the result is axis {@code axes[i]} of the operand.
 *
 * @param axes a permutation of {@code 0 … rank−1}
 */
public record Transpose(List<Integer> axes) implements Op {
  /** Copies the axes. */
  public Transpose {
    axes = List.copyOf(axes);
  }

  /** The permutation that undoes this one. */
  public Transpose inverse() {
    return new Transpose(IntStream.range(0, axes.size()).boxed().map(axes::indexOf).toList());
  }

  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Operands.count(this, operands, 1);
    Shape shape = operands.get(0).shape();
    Operands.require(
        axes.size() == shape.rank()
            && axes.stream()
                .sorted()
                .toList()
                .equals(IntStream.range(0, shape.rank()).boxed().toList()),
        this,
        "%s is not a permutation of the axes of %s",
        axes,
        shape);
    return List.of(operands.get(0).with(Shape.of(axes.stream().mapToInt(shape::dim).toArray())));
  }
}
