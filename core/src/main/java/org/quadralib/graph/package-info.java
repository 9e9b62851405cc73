/** Computations as data: values, the nodes that produce them, and how to build them. */
@NullMarked
package org.quadralib.graph;

import org.jspecify.annotations.NullMarked;
