package org.quadralib.graph.op;

import org.quadralib.tensor.Shape;

/**
 * The linear maps and their two adjoints, dense and convolutional. Each works on several weight
 * tensors of one shape at once, because all the first-order maps of a quadratic neuron read the
 * same input: a backend lays out {@code x} once for all of them, and the gradient with respect to
 * {@code x} is one product of greater depth.
 *
 * <p>The three kinds are closed under differentiation: the derivative of each is made of the
 * others.
 */
public sealed interface LinearOp extends Op
    permits Conv2d,
        Conv2dInputGradient,
        Conv2dWeightGradient,
        Dense,
        DenseInputGradient,
        DenseWeightGradient {

  /** Number of weight tensors that share the input. */
  int maps();

  /** The same map applied forward to {@code maps} weights. */
  LinearOp forward(int maps, boolean bias);

  /** The adjoint in the input: from output gradients and weights to the gradient of {@code x}. */
  LinearOp inputGradient(int maps, Shape x);

  /** The adjoint in the weights: from {@code x} and output gradients to the weights' gradients. */
  LinearOp weightGradient(int maps, Shape weight);
}
