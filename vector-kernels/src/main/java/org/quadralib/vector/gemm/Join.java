package org.quadralib.vector.gemm;

/** How the parts of a {@link Gemm} of several products belong together. */
public enum Join {
  /**
   * Several left operands over one right operand, {@code C_i = A_i · B}: stacked along the rows.
   */
  ROWS,
  /** One left operand with several right operands, {@code C_i = A · B_i}: side by side. */
  COLUMNS,
  /** One sum of products, {@code C = Σ_i A_i · B_i}: stacked along the depth. */
  DEPTH
}
