package org.quadralib.layers;

/**
 * What a layer keeps for its gradient, and what is computed again. All ways give the same gradients
 * up to rounding. First-order convolutions know {@link #AUTODIFF} and {@link #BLOCK} only.
 */
public enum Backprop {
  /** A quadratic layer part by part: each keeps what its derivative needs. Faster, more memory. */
  AUTODIFF,
  /**
   * A quadratic layer as a whole, which keeps only its input and recomputes the rest. If its output
   * is normalised, one tensor like the output is kept beside it.
   */
  HYBRID,
  /**
   * A convolution, quadratic or not, together with the normalisation and the activation that follow
   * it: of all of them only the input, the statistics of the batch and the activation's result are
   * kept, and that result is the next block's input.
   */
  BLOCK
}
