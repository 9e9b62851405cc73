/** Batch normalisation. */
@NullMarked
package org.quadralib.vector.norm;

import org.jspecify.annotations.NullMarked;
