/** Neuron types and layers. */
@NullMarked
package org.quadralib.layers;

import org.jspecify.annotations.NullMarked;
