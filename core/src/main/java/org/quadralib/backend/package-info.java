/** The contract between a plan and what executes it. */
@NullMarked
package org.quadralib.backend;

import org.jspecify.annotations.NullMarked;
