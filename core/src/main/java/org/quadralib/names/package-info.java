/** Names that users type. */
@NullMarked
package org.quadralib.names;

import org.jspecify.annotations.NullMarked;
