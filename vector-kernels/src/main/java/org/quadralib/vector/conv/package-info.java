/** Convolutions of one or several weight maps that share an input, and their gradients. */
@NullMarked
package org.quadralib.vector.conv;

import org.jspecify.annotations.NullMarked;
