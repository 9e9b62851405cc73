/** Off-heap memory with owners: a tree of arenas and a ledger of every byte by category. */
@NullMarked
package org.quadralib.memory;

import org.jspecify.annotations.NullMarked;
