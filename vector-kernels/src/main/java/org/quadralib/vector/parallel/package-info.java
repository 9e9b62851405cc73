/**
 * A fixed pool of threads for kernels: splits work into numbered tasks, allocates nothing per call.
 */
@NullMarked
package org.quadralib.vector.parallel;

import org.jspecify.annotations.NullMarked;
