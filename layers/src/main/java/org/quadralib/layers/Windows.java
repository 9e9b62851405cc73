package org.quadralib.layers;

import org.quadralib.graph.op.Window;

/** Windows changed in one respect. */
final class Windows {
  private Windows() {}

  static Window stride(Window w, int stride) {
    return new Window(
        w.kernelHeight(),
        w.kernelWidth(),
        stride,
        stride,
        w.paddingHeight(),
        w.paddingWidth(),
        w.dilationHeight(),
        w.dilationWidth());
  }

  static Window padding(Window w, int padding) {
    return new Window(
        w.kernelHeight(),
        w.kernelWidth(),
        w.strideHeight(),
        w.strideWidth(),
        padding,
        padding,
        w.dilationHeight(),
        w.dilationWidth());
  }

  static Window dilation(Window w, int dilation) {
    return new Window(
        w.kernelHeight(),
        w.kernelWidth(),
        w.strideHeight(),
        w.strideWidth(),
        w.paddingHeight(),
        w.paddingWidth(),
        dilation,
        dilation);
  }
}
