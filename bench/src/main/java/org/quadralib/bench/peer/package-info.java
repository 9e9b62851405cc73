/** Peers: what the library is compared with, and how they are told what to run. */
@NullMarked
package org.quadralib.bench.peer;

import org.jspecify.annotations.NullMarked;
