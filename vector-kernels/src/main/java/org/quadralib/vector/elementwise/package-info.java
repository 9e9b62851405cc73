/** Kernels whose element {@code i} needs only elements {@code i} of their operands. */
@NullMarked
package org.quadralib.vector.elementwise;

import org.jspecify.annotations.NullMarked;
