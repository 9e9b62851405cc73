/** Loss functions. */
@NullMarked
package org.quadralib.loss;

import org.jspecify.annotations.NullMarked;
