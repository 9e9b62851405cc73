package org.quadralib.vector.conv;

import org.quadralib.vector.gemm.Tile;

/**
 * The transforms of a minimal filtering algorithm F(m, 3) (Winograd 1980; Lavin and Gray 2016):
 * {@code y = Aᵀ [(G w) ∘ (Bᵀ d)]} gives the m results of a filter of three taps on m + 2 inputs
 * with m + 2 multiplications instead of 3m. In two dimensions each is applied to columns and rows:
 * {@code Aᵀ [(G w Gᵀ) ∘ (Bᵀ d B)] A}.
 *
 * @param edge outputs of a tile along one axis: m
 * @param cutInput {@code Bᵀ d B}: size × size pixels to as many points
 * @param cutGradient {@code A g Aᵀ}, the adjoint of join: edge × edge pixels to size × size points
 * @param join {@code Aᵀ m A}: size × size points to edge × edge pixels
 * @param filter {@code G}: three values to size values
 * @param filterGradient {@code Gᵀ}, the adjoint of filter: size values to three values
 */
record WinogradTransform(
    int edge, Cut cutInput, Cut cutGradient, Join join, Line filter, Line filterGradient) {

  /** A transform of vectors. */
  @FunctionalInterface
  interface Line {
    /**
     * Reads vectors {@code s[from + i · fromStep]}, writes vectors {@code s[to + i · toStep]}, and
     * repeats that {@code count} times, {@code fromNext} and {@code toNext} floats on.
     */
    void apply(
        float[] s, int from, int fromStep, int fromNext, int to, int toStep, int toNext, int count);
  }

  /** Transforms a row of tiles, cut out of some rows of pixels, along both axes. */
  @FunctionalInterface
  interface Cut {
    /**
     * Reads pixels, a vector each, in rows of {@code columns} from {@code s[from]} on; tile t
     * begins {@code edge} columns behind tile t − 1. Writes the vector of point p of tile t to
     * {@code s[to + p · pointStride + t · tileStride]}.
     *
     * @param half where size · columns vectors begin that may be overwritten
     */
    void apply(
        float[] s,
        int from,
        int columns,
        int half,
        int to,
        int pointStride,
        int tileStride,
        int tiles);
  }

  /** Transforms the points of a row of tiles into pixels, along both axes. */
  @FunctionalInterface
  interface Join {
    /**
     * Reads the vector of point p of tile t from {@code s[from + p · pointStride + t ·
     * tileStride]}. Writes pixels, a vector each, in rows of {@code tiles · edge} from {@code
     * s[to]} on.
     *
     * @param half where size · edge vectors begin that may be overwritten
     */
    void apply(float[] s, int from, int pointStride, int tileStride, int half, int to, int tiles);
  }

  /** The algorithm for tiles of {@code edge} × {@code edge} outputs. */
  static WinogradTransform of(int edge) {
    return switch (edge) {
      case 2 ->
          new WinogradTransform(
              2,
              cut(2, WinogradLines2::input),
              cut(2, WinogradLines2::outputGradient),
              join(2, WinogradLines2::output),
              WinogradLines2::filter,
              WinogradLines2::filterGradient);
      case 4 ->
          new WinogradTransform(
              4,
              WinogradPlanes4::input,
              WinogradPlanes4::outputGradient,
              WinogradPlanes4::output,
              WinogradLines4::filter,
              WinogradLines4::filterGradient);
      default -> throw new IllegalArgumentException("no transform for tiles of " + edge);
    };
  }

  /** A line along both axes. */
  private static Cut cut(int edge, Line line) {
    return (s, from, columns, half, to, pointStride, tileStride, tiles) -> {
      int size = edge + 2;
      int step = columns * Tile.LANES;
      apply(line, s, from, step, Tile.LANES, half, step, Tile.LANES, columns);
      for (int i = 0; i < size; i++) {
        int at = to + i * size * pointStride;
        int next = edge * Tile.LANES;
        apply(line, s, half + i * step, Tile.LANES, next, at, pointStride, tileStride, tiles);
      }
    };
  }

  /** A line along both axes. */
  private static Join join(int edge, Line line) {
    return (s, from, pointStride, tileStride, half, to, tiles) -> {
      int size = edge + 2;
      int next = edge * Tile.LANES;
      for (int t = 0; t < tiles; t++) {
        int tile = from + t * tileStride;
        apply(line, s, tile, pointStride, size * pointStride, half, Tile.LANES, next, size);
        int at = to + t * next;
        apply(line, s, half, next, Tile.LANES, at, tiles * next, Tile.LANES, edge);
      }
    };
  }

  /** Inputs of a tile along one axis: m + 2. */
  int size() {
    return edge + 2;
  }

  /** Products of a tile. */
  int points() {
    return size() * size();
  }

  /**
   * Applies a line. All lines go through this one call, so that the compiler sees many receivers
   * and inlines none: a caller into which a line is inlined exceeds the limit of inlining, and its
   * vectors are boxed.
   */
  static void apply(
      Line line,
      float[] s,
      int from,
      int fromStep,
      int fromNext,
      int to,
      int toStep,
      int toNext,
      int count) {
    line.apply(s, from, fromStep, fromNext, to, toStep, toNext, count);
  }
}
