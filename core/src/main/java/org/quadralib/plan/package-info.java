/** Order, life and place of every buffer of a graph in one slab. */
@NullMarked
package org.quadralib.plan;

import org.jspecify.annotations.NullMarked;
