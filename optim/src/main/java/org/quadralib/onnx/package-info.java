/** Models to and from ONNX. */
@NullMarked
package org.quadralib.onnx;

import org.jspecify.annotations.NullMarked;
