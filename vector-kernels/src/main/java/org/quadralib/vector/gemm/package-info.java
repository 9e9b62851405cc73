/**
 * Matrix products: register tiles on heap panels, packing, and blocked products over off-heap data.
 */
@NullMarked
package org.quadralib.vector.gemm;

import org.jspecify.annotations.NullMarked;
