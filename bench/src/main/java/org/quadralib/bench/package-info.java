/** JMH benchmarks of kernels and steps. */
@NullMarked
package org.quadralib.bench;

import org.jspecify.annotations.NullMarked;
