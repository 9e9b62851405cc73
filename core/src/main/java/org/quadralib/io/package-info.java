/** Tensor file formats: npy, npz, safetensors and pth. */
@NullMarked
package org.quadralib.io;

import org.jspecify.annotations.NullMarked;
