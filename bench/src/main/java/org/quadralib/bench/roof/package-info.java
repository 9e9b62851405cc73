/** What the machine can do at most. */
@NullMarked
package org.quadralib.bench.roof;

import org.jspecify.annotations.NullMarked;
