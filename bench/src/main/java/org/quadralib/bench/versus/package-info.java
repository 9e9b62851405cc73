/** Side-by-side runs: interleaved, with medians and their spread. */
@NullMarked
package org.quadralib.bench.versus;

import org.jspecify.annotations.NullMarked;
