/** The command {@code quadra bench}. */
@NullMarked
package org.quadralib.bench.cli;

import org.jspecify.annotations.NullMarked;
