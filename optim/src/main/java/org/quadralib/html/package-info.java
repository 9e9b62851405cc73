/** Web pages that are one file: no scripts, nothing fetched. */
@NullMarked
package org.quadralib.html;

import org.jspecify.annotations.NullMarked;
