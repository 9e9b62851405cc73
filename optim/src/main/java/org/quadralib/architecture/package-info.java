/** Architectures as data: networks written down as YAML and read back. */
@NullMarked
package org.quadralib.architecture;

import org.jspecify.annotations.NullMarked;
