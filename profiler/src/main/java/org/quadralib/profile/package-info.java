/** Profiles, analysis tools and reports. */
@NullMarked
package org.quadralib.profile;

import org.jspecify.annotations.NullMarked;
