package org.quadralib.vector.gemm;

/** Checks, at the door of a kernel, of the memory it was given. */
public final class Operands {

  private Operands() {}

  /**
   * Puts the addresses of some operands into an array, after a check of their number and size.
   *
   * @param name what the operands are, for the message
   * @param floats values that each must hold at least
   */
  public static void bind(String name, FloatSpan[] spans, long floats, long[] addresses) {
    if (spans.length != addresses.length) {
      throw new IllegalArgumentException(
          "The kernel takes "
              + addresses.length
              + " spans of "
              + name
              + ", but got "
              + spans.length
              + ".");
    }
    for (int i = 0; i < spans.length; i++) {
      addresses[i] = spans[i].addressOf(floats, name);
    }
  }

  /** Checks that scratch memory is large enough. */
  public static void checkScratch(float[] scratch, int needed) {
    if (scratch.length < needed) {
      throw new IllegalArgumentException(
          "The kernel needs "
              + needed
              + " floats of scratch memory, but got "
              + scratch.length
              + "; ask scratchFloats(threads) with the pool's thread count.");
    }
  }
}
