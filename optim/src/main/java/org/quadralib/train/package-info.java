/** The trainer. */
@NullMarked
package org.quadralib.train;

import org.jspecify.annotations.NullMarked;
