/** Graph to graph: composites written out, what nobody reads removed. */
@NullMarked
package org.quadralib.lowering;

import org.jspecify.annotations.NullMarked;
