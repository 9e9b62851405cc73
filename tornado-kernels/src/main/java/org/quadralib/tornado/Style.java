package org.quadralib.tornado;

/**
 * How kernels divide work on a device.
 *
 * @param threads of every launch, whatever its size: what a kernel is compiled for does not change
 * @param blocked whether each thread takes a contiguous block of elements, as processors like it,
 *     or every so manieth element, as graphics cards do
 * @param local threads of a group; 0 leaves it to TornadoVM
 * @param tiled whether kernels that have a version with local memory use it
 */
record Style(int threads, int local, boolean blocked, boolean tiled) {
  /** For processors and FPGAs: plain loops. Tiles in local memory are three times as slow there. */
  static final Style LOOPS = new Style(64, 0, true, false);

  /** For graphics cards. */
  static final Style TILES = new Style(16_384, 0, false, true);

  /** Groups of threads that kernels with local memory run in. */
  int groups() {
    return Math.max(2, threads / 32);
  }

  /** The same with or without tiles. */
  Style withTiles(boolean tiles) {
    return new Style(threads, local, blocked, tiles);
  }

  @Override
  public String toString() {
    return tiled ? "tiles" : "loops";
  }
}
