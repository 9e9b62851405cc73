package org.quadralib.graph.op;

/**
 * Operations that stand for a sub-graph of others. Their derivative is a {@link RecomputeGradient}:
 * nothing from inside is kept for it, only the operands and the small extra results. A backend may
 * run them as one kernel; for the others {@code lowering} writes them out.
 */
public sealed interface Composite extends Op permits Quadratic, RecomputeGradient, Fused {}
