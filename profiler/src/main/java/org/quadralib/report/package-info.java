/** Pages that tell what happened. */
@NullMarked
package org.quadralib.report;

import org.jspecify.annotations.NullMarked;
