/** Metrics. */
@NullMarked
package org.quadralib.metrics;

import org.jspecify.annotations.NullMarked;
