/** What goes on inside a network: the terms of its layers, its gradients, its evidence. */
@NullMarked
package org.quadralib.analysis;

import org.jspecify.annotations.NullMarked;
