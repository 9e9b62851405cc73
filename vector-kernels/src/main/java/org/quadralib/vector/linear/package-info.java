/** Dense layers and convolutions, bound to the engines that run them. */
@NullMarked
package org.quadralib.vector.linear;

import org.jspecify.annotations.NullMarked;
