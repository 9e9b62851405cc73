/** Seeded random numbers that do not depend on the number of threads. */
@NullMarked
package org.quadralib.random;

import org.jspecify.annotations.NullMarked;
