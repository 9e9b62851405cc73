/** The auto-builder: from a first-order network to a smaller quadratic one. */
@NullMarked
package org.quadralib.autobuild;

import org.jspecify.annotations.NullMarked;
