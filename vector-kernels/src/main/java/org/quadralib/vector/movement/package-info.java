/** Repetitions, permutations, parts and patches. */
@NullMarked
package org.quadralib.vector.movement;

import org.jspecify.annotations.NullMarked;
