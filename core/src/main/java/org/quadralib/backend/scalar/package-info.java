/** The reference backend: plain loops that every other backend is tested against. */
@NullMarked
package org.quadralib.backend.scalar;

import org.jspecify.annotations.NullMarked;
