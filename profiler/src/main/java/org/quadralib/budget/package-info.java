/** Which way of back-propagation each layer takes, so that a step fits a budget of memory. */
@NullMarked
package org.quadralib.budget;

import org.jspecify.annotations.NullMarked;
