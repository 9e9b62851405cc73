/** The GPU and FPGA backend on TornadoVM. */
@NullMarked
package org.quadralib.tornado;

import org.jspecify.annotations.NullMarked;
