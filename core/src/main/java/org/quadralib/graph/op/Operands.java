package org.quadralib.graph.op;

import java.util.List;
import java.util.function.Supplier;
import org.quadralib.tensor.ShapeException;
import org.quadralib.tensor.TensorType;

/** The checks that shape rules share. */
final class Operands {
  private Operands() {}

  static void count(Op op, List<TensorType> operands, int expected) {
    if (operands.size() != expected) {
      throw new ShapeException(
          "%s takes %d operands, but was given %d: %s"
              .formatted(op.name(), expected, operands.size(), operands));
    }
  }

  static void rank(Op op, TensorType operand, int rank, String layout) {
    if (operand.shape().rank() != rank) {
      throw new ShapeException(
          "%s needs %s, but was given %s".formatted(op.name(), layout, operand.shape()));
    }
  }

  static void rankAtLeast(Op op, TensorType operand, int rank, String layout) {
    if (operand.shape().rank() < rank) {
      throw new ShapeException(
          "%s needs %s, but was given %s".formatted(op.name(), layout, operand.shape()));
    }
  }

  static void same(Op op, String what, TensorType expected, TensorType actual) {
    if (!expected.equals(actual)) {
      throw new ShapeException(
          "%s: %s must be %s, but is %s".formatted(op.name(), what, expected, actual));
    }
  }

  /** A rule of something that does not know for which operation it is asked. */
  static <T> T named(Op op, Supplier<T> rule) {
    try {
      return rule.get();
    } catch (ShapeException e) {
      throw new ShapeException(op.name() + ": " + e.getMessage());
    }
  }

  static void require(boolean holds, Op op, String message, Object... arguments) {
    if (!holds) {
      throw new ShapeException(op.name() + ": " + message.formatted(arguments));
    }
  }
}
