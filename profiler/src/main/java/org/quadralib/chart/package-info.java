/** Charts as data, drawn into pages and into files. */
@NullMarked
package org.quadralib.chart;

import org.jspecify.annotations.NullMarked;
