/** The command line and the example programs. */
@NullMarked
package org.quadralib.samples;

import org.jspecify.annotations.NullMarked;
