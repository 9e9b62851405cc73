/** Sums and norms. */
@NullMarked
package org.quadralib.vector.reduce;

import org.jspecify.annotations.NullMarked;
