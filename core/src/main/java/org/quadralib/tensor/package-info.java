/** Shapes, element types and off-heap tensors. */
@NullMarked
package org.quadralib.tensor;

import org.jspecify.annotations.NullMarked;
