package org.quadralib.optim;

import java.util.List;
import org.quadralib.graph.op.StateUpdate;
import org.quadralib.tensor.Tensor;

/**
 * A rule that turns gradients into new parameters. An optimizer is a description: its state lives
 * in tensors beside the parameters, one for each slot, and its arithmetic is an operation of the
 * graph, so that it runs where the rest of the step runs.
 */
public sealed interface Optimizer permits Sgd, AdaptiveMoments, Adadelta {

  /** Weight decay of parameters whose group does not say otherwise. */
  double weightDecay();

  /**
   * What is kept for each parameter from step to step, by the name that follows the parameter's:
   * {@code conv1.weight.momentum}. Every slot has the type of its parameter and starts at zero.
   */
  List<String> slots();

  /**
   * The update of one parameter. Operands: the parameter, its gradient, the slots in order, the
   * step sizes.
   *
   * @param decay weight decay of the parameter's group
   */
  StateUpdate update(double decay);

  /** Number of step sizes that {@link #stepSizes} writes. */
  default int stepSizeCount() {
    return 1;
  }

  /**
   * Computes what the updates of one step are scaled by.
   *
   * @param learningRate of the group
   * @param step steps done before, from 0
   * @param sizes receives them, float32 of {@link #stepSizeCount()} elements
   */
  default void stepSizes(double learningRate, long step, Tensor sizes) {
    sizes.set(0, learningRate);
  }
}
