/** What the kernels of all families share: tiles, sums of lanes, runs of floats. */
@NullMarked
package org.quadralib.vector.loop;

import org.jspecify.annotations.NullMarked;
