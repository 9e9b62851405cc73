package org.quadralib.vector.conv;

/**
 * The one-dimensional transforms of a minimal filtering algorithm F(m, 3) (Winograd 1980; Lavin and
 * Gray 2016): {@code y = Aᵀ [(G w) ∘ (Bᵀ d)]} gives the m results of a filter of three taps on m +
 * 2 inputs with m + 2 multiplications instead of 3m. In two dimensions each is applied to columns
 * and rows.
 *
 * @param edge outputs of a tile along one axis: m
 * @param input {@code Bᵀ}: size values to size values
 * @param filter {@code G}: three values to size values
 * @param output {@code Aᵀ}: size values to edge values
 * @param outputGradient {@code A}, the adjoint of output: edge values to size values
 * @param filterGradient {@code Gᵀ}, the adjoint of filter: size values to three values
 */
record WinogradTransform(
    int edge, Line input, Line filter, Line output, Line outputGradient, Line filterGradient) {

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

  /** The algorithm for tiles of {@code edge} × {@code edge} outputs. */
  static WinogradTransform of(int edge) {
    return switch (edge) {
      case 2 ->
          new WinogradTransform(
              2,
              WinogradLines2::input,
              WinogradLines2::filter,
              WinogradLines2::output,
              WinogradLines2::outputGradient,
              WinogradLines2::filterGradient);
      case 4 ->
          new WinogradTransform(
              4,
              WinogradLines4::input,
              WinogradLines4::filter,
              WinogradLines4::output,
              WinogradLines4::outputGradient,
              WinogradLines4::filterGradient);
      default -> throw new IllegalArgumentException("no transform for tiles of " + edge);
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
