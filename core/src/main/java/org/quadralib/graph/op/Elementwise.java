package org.quadralib.graph.op;

/** Operations whose element {@code i} needs only elements {@code i} of their operands. */
public sealed interface Elementwise extends Op
    permits Unary, UnaryGradient, Binary, MulAdd, Dropout {}
