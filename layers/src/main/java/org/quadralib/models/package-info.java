/** The model pool. */
@NullMarked
package org.quadralib.models;

import org.jspecify.annotations.NullMarked;
