package org.quadralib.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.quadralib.graph.op.Binary;
import org.quadralib.graph.op.Broadcast;
import org.quadralib.graph.op.Fill;
import org.quadralib.graph.op.MulAdd;
import org.quadralib.graph.op.Reshape;
import org.quadralib.graph.op.Softmax;
import org.quadralib.graph.op.Sum;
import org.quadralib.graph.op.Unary;
import org.quadralib.graph.op.UnaryFunction;
import org.quadralib.tensor.Shape;

/** The arithmetic of a {@link GraphBuilder}, written as one would on paper. */
public final class Ops {
  private final GraphBuilder graph;

  /** Records into this builder. */
  public Ops(GraphBuilder graph) {
    this.graph = graph;
  }

  /** {@code a + b}. */
  public Value add(Value a, Value b) {
    return graph.apply(new Binary(Binary.Function.ADD), a, b);
  }

  /** {@code a − b}. */
  public Value sub(Value a, Value b) {
    return graph.apply(new Binary(Binary.Function.SUB), a, b);
  }

  /** {@code a ∘ b}. */
  public Value mul(Value a, Value b) {
    return graph.apply(new Binary(Binary.Function.MUL), a, b);
  }

  /** {@code a ∘ b + c}. */
  public Value mulAdd(Value a, Value b, Value c) {
    return graph.apply(new MulAdd(), a, b, c);
  }

  /** {@code f(x)} for a function without parameters. */
  public Value unary(UnaryFunction function, Value x) {
    return unary(function, 0, x);
  }

  /** {@code f(x)} for a function with one parameter. */
  public Value unary(UnaryFunction function, double a, Value x) {
    return graph.apply(new Unary(function, a, 0), x);
  }

  /** {@code scale · x + offset}. */
  public Value affine(Value x, double scale, double offset) {
    return graph.apply(new Unary(UnaryFunction.AFFINE, scale, offset), x);
  }

  /** {@code x²}. */
  public Value square(Value x) {
    return unary(UnaryFunction.SQUARE, x);
  }

  /** The same elements under another shape. */
  public Value reshape(Value x, int... dims) {
    return reshape(x, Shape.of(dims));
  }

  /** The same elements under another shape. */
  public Value reshape(Value x, Shape shape) {
    return x.shape().equals(shape) ? x : graph.apply(new Reshape(shape), x);
  }

  /** Repeats to a shape. */
  public Value broadcast(Value x, Shape shape) {
    return x.shape().equals(shape) ? x : graph.apply(new Broadcast(shape), x);
  }

  /** Sum over axes, which stay with extent 1. */
  public Value sum(Value x, Integer... axes) {
    return graph.apply(new Sum(List.of(axes)), x);
  }

  /** Mean of all elements, a scalar. */
  public Value mean(Value x) {
    Integer[] all = IntStream.range(0, x.shape().rank()).boxed().toArray(Integer[]::new);
    return affine(reshape(sum(x, all), Shape.of()), 1.0 / x.shape().elements(), 0);
  }

  /** Sums a broadcast result back to the shape it was broadcast from. */
  public Value sumTo(Value x, Shape shape) {
    List<Integer> axes = new ArrayList<>();
    int lead = x.shape().rank() - shape.rank();
    for (int axis = 0; axis < x.shape().rank(); axis++) {
      if (axis < lead || (shape.dim(axis - lead) == 1 && x.shape().dim(axis) != 1)) {
        axes.add(axis);
      }
    }
    return reshape(axes.isEmpty() ? x : graph.apply(new Sum(axes), x), shape);
  }

  /** Softmax over the last axis. */
  public Value softmax(Value x) {
    return graph.apply(new Softmax(false), x);
  }

  /** Logarithm of the softmax over the last axis. */
  public Value logSoftmax(Value x) {
    return graph.apply(new Softmax(true), x);
  }

  /** A constant tensor like another. */
  public Value fillLike(Value x, double value) {
    return graph.apply(new Fill(x.type(), value));
  }
}
