/** The CPU backend on the Vector API. */
@NullMarked
package org.quadralib.vector;

import org.jspecify.annotations.NullMarked;
