package org.quadralib.layers;

/** How a quadratic layer is differentiated. Both give the same gradients. */
public enum Backprop {
  /** Part by part: each part keeps what its derivative needs. Faster, more memory. */
  AUTODIFF,
  /** As one operation that keeps only its input and recomputes the rest. */
  HYBRID
}
