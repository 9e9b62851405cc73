package org.quadralib.data;

import org.quadralib.random.Philox;

/**
 * The random draws of one example in one epoch.
 *
 * <p>They depend on the seed, the epoch, the example and the stream (the transform), and on nothing
 * else: not on the thread, and not on what was drawn for other examples. The object is reused; it
 * belongs to one thread.
 */
public final class ExampleRandom {
  private final long seed;
  private final int[] block = new int[4];
  private int index;
  private int epoch;
  private int stream;
  private int counter;
  private int used;

  /** A source of draws for a seed, at example 0 of epoch 0. */
  public ExampleRandom(long seed) {
    this.seed = seed;
    seek(0, 0, 0);
  }

  /** Goes to the first draw of a stream of an example. */
  public void seek(int epoch, int index, int stream) {
    this.epoch = epoch;
    this.index = index;
    this.stream = stream;
    this.counter = 0;
    this.used = block.length;
  }

  /** 32 random bits. */
  public int nextBits() {
    if (used == block.length) {
      long high = ((long) counter++ << 32) | (stream & 0xFFFFFFFFL);
      long low = ((long) epoch << 32) | (index & 0xFFFFFFFFL);
      Philox.block(seed, high, low, block);
      used = 0;
    }
    return block[used++];
  }

  /**
   * A whole number from 0 to {@code bound - 1}, each equally likely.
   *
   * @param bound at least 1
   */
  public int nextInt(int bound) {
    if (bound < 1) {
      throw new IllegalArgumentException("The bound is " + bound + ": give at least 1.");
    }
    // Lemire, "Fast random integer generation in an interval", 2019: no division but for the
    // few draws that would make the low numbers likelier.
    long product = (nextBits() & 0xFFFFFFFFL) * bound;
    if ((product & 0xFFFFFFFFL) < bound) {
      long threshold = (1L << 32) % bound;
      while ((product & 0xFFFFFFFFL) < threshold) {
        product = (nextBits() & 0xFFFFFFFFL) * bound;
      }
    }
    return (int) (product >>> 32);
  }

  /** A number from 0 to below 1, a multiple of 2<sup>-32</sup>. */
  public double nextDouble() {
    return (nextBits() & 0xFFFFFFFFL) * 0x1p-32;
  }
}
