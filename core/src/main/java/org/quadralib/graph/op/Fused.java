package org.quadralib.graph.op;

/**
 * Operations that backends run as one kernel in place of several. {@code lowering} makes them when
 * a plan is laid out, after differentiation, so they have no derivative of their own.
 */
public sealed interface Fused extends Composite
    permits Conv2dStatistics, FusedConv2d, FusedNormalize, QuadraticNormGradient {}
