/** Pooling and its gradients. */
@NullMarked
package org.quadralib.vector.pool;

import org.jspecify.annotations.NullMarked;
