/** Optimizers and schedules. */
@NullMarked
package org.quadralib.optim;

import org.jspecify.annotations.NullMarked;
