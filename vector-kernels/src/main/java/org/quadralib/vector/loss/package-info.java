/** Softmax and likelihood. */
@NullMarked
package org.quadralib.vector.loss;

import org.jspecify.annotations.NullMarked;
