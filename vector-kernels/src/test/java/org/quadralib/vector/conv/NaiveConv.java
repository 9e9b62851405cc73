package org.quadralib.vector.conv;

/** The convolution and its gradients as plain loops in double precision. */
final class NaiveConv {
  private NaiveConv() {}

  @FunctionalInterface
  private interface Term {
    void at(int x, int w, int y);
  }

  /** Calls back with the indices into x, w and y of every product of the convolution. */
  private static void forEach(ConvShape s, Term term) {
    int cg = s.channelsPerGroup();
    int og = s.filtersPerGroup();
    for (int n = 0; n < s.batch(); n++) {
      for (int o = 0; o < s.filters(); o++) {
        for (int p = 0; p < s.outputHeight(); p++) {
          for (int q = 0; q < s.outputWidth(); q++) {
            int y = ((n * s.filters() + o) * s.outputHeight() + p) * s.outputWidth() + q;
            for (int c = 0; c < cg; c++) {
              for (int i = 0; i < s.kernelHeight(); i++) {
                for (int j = 0; j < s.kernelWidth(); j++) {
                  int row = p * s.strideHeight() + i * s.dilationHeight() - s.paddingHeight();
                  int column = q * s.strideWidth() + j * s.dilationWidth() - s.paddingWidth();
                  if (row >= 0 && row < s.height() && column >= 0 && column < s.width()) {
                    int plane = n * s.channels() + o / og * cg + c;
                    term.at(
                        (plane * s.height() + row) * s.width() + column,
                        ((o * cg + c) * s.kernelHeight() + i) * s.kernelWidth() + j,
                        y);
                  }
                }
              }
            }
          }
        }
      }
    }
  }

  static double[] forward(ConvShape s, float[] x, float[] w, float[] b) {
    double[] y = new double[(int) s.outputFloats()];
    int plane = s.outputHeight() * s.outputWidth();
    for (int i = 0; b != null && i < y.length; i++) {
      y[i] = b[i / plane % s.filters()];
    }
    forEach(s, (xi, wi, yi) -> y[yi] += (double) x[xi] * w[wi]);
    return y;
  }

  static double[] inputGradient(ConvShape s, float[][] g, float[][] w) {
    double[] dx = new double[(int) s.inputFloats()];
    for (int m = 0; m < g.length; m++) {
      float[] gm = g[m];
      float[] wm = w[m];
      forEach(s, (xi, wi, yi) -> dx[xi] += (double) gm[yi] * wm[wi]);
    }
    return dx;
  }

  static double[] weightGradient(ConvShape s, float[] x, float[] g) {
    double[] dw = new double[(int) s.weightFloats()];
    forEach(s, (xi, wi, yi) -> dw[wi] += (double) x[xi] * g[yi]);
    return dw;
  }
}
