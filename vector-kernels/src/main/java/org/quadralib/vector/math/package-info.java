/** Elementary functions on vectors of floats. */
@NullMarked
package org.quadralib.vector.math;

import org.jspecify.annotations.NullMarked;
