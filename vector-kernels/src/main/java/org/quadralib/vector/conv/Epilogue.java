package org.quadralib.vector.conv;

import org.jspecify.annotations.Nullable;

/**
 * What becomes of the finished sums of a convolution: they are still in the cache when they are
 * handed over, so whatever is done value by value costs least here.
 */
@FunctionalInterface
public interface Epilogue {

  /**
   * Takes the sums of all maps for a run of pixels of one output channel. Called by several threads
   * at once, for different runs.
   *
   * @param sums holds the sums; those of map i for this run begin at {@code at + i · mapStride}.
   *     They may be overwritten
   * @param channel output channel, counted over all groups
   * @param count pixels in the run
   * @param position place of the first pixel in an output tensor, in floats
   * @param step floats in an output tensor from pixel to pixel of the run
   */
  void store(float[] sums, int at, int mapStride, int channel, int count, long position, int step);

  /**
   * A first step that may be taken while pixels have one channel in each lane; {@link
   * MapJoin#rest()} then takes the place of this epilogue. Null if there is none.
   */
  default @Nullable MapJoin join() {
    return null;
  }
}
