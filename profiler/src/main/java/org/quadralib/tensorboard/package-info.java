/** Files that TensorBoard reads. */
@NullMarked
package org.quadralib.tensorboard;

import org.jspecify.annotations.NullMarked;
