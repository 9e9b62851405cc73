package org.quadralib.tornado.kernel;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** Work that finds out what a device can do at most. */
public final class PeakKernels {
  /** Multiply-adds of a thread. */
  public static final int FMAS = 8 * 1024;

  private PeakKernels() {}

  /** Eight independent chains of multiply-adds on registers for each element. */
  public static void multiplyAdds(FloatArray result) {
    for (@Parallel int i = 0; i < result.getSize(); i++) {
      float x = 0.999f;
      float y = result.get(i);
      float a = y;
      float b = y + 1f;
      float c = y + 2f;
      float d = y + 3f;
      float e = y + 4f;
      float f = y + 5f;
      float g = y + 6f;
      float h = y + 7f;
      for (int n = 0; n < 1024; n++) {
        a = a * x + y;
        b = b * x + y;
        c = c * x + y;
        d = d * x + y;
        e = e * x + y;
        f = f * x + y;
        g = g * x + y;
        h = h * x + y;
      }
      result.set(i, a + b + c + d + e + f + g + h);
    }
  }

  /** Copies. */
  public static void copyAll(FloatArray from, FloatArray to) {
    for (@Parallel int i = 0; i < from.getSize(); i++) {
      to.set(i, from.get(i));
    }
  }
}
