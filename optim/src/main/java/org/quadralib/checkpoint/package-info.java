/** Checkpoints. */
@NullMarked
package org.quadralib.checkpoint;

import org.jspecify.annotations.NullMarked;
