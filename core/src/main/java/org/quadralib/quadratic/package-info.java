/** What each type of quadratic neuron computes. */
@NullMarked
package org.quadralib.quadratic;

import org.jspecify.annotations.NullMarked;
