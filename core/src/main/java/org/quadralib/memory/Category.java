package org.quadralib.memory;

/** What a buffer is for; the ledger and the plan account by it. */
public enum Category {
  /** Weights, biases and running statistics. */
  PARAMETER,
  /** Derivatives of the loss, of parameters and of activations. */
  GRADIENT,
  /** State an optimizer keeps from step to step. */
  OPTIMIZER,
  /** Values computed on the way from the input to the loss. */
  ACTIVATION,
  /** Scratch memory of kernels, on and off the heap, and gaps between buffers. */
  WORKSPACE,
  /** Values fed before a step: images, labels, learning rates. */
  INPUT,
  /** Values read after a step: logits, loss. */
  OUTPUT
}
