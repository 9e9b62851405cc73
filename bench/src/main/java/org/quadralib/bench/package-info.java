/** Benchmarks, and side-by-side runs against peers. */
@NullMarked
package org.quadralib.bench;

import org.jspecify.annotations.NullMarked;
