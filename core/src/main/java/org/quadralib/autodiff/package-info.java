/** Gradients as more graph: every op knows the ops of its gradient. */
@NullMarked
package org.quadralib.autodiff;

import org.jspecify.annotations.NullMarked;
