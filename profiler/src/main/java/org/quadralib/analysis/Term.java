package org.quadralib.analysis;

/** What a layer's output is made of. */
public enum Term {
  /** What is linear in the layer's input: {@code C}. */
  FIRST,
  /** What is quadratic in it: {@code A∘B} and its kin. */
  SECOND,
  /** Both together: the output of the layer. */
  SUM
}
