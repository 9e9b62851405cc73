package org.quadralib.vector.conv;

/**
 * A first step of an {@link Epilogue} that makes one map of several. A convolution whose pixels
 * have one channel in each lane takes it before it transposes them: then it transposes and hands
 * over one map.
 */
interface MapJoin {

  /**
   * Joins the maps of some pixels of as many channels as a vector has lanes. Called by several
   * threads at once, for different pixels.
   *
   * @param sums holds the sums, a vector for each pixel; those of map i begin at {@code at + i ·
   *     mapStride}. Those of the first map are overwritten with the result
   * @param pixels number of pixels
   * @param channel first channel
   */
  void join(float[] sums, int at, int mapStride, int pixels, int channel);

  /** What is left to do with the result, one map. */
  Epilogue rest();
}
