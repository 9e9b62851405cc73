/** Networks changed by program: made quadratic, taken apart into units, with units removed. */
@NullMarked
package org.quadralib.builder;

import org.jspecify.annotations.NullMarked;
