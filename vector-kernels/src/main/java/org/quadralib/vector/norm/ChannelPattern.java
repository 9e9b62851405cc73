package org.quadralib.vector.norm;

import org.quadralib.vector.gemm.Memory;
import org.quadralib.vector.loop.Floats;
import org.quadralib.vector.loop.RowTiles;
import org.quadralib.vector.reduce.Layout;

/**
 * Numbers per channel, laid out for the loops that use them: where planes are long, a row is a
 * plane and each number is one float; where they are short, a row is a whole image and each number
 * is repeated for the elements of its plane.
 */
final class ChannelPattern {
  private final Layout layout;
  private final long numbers;

  /** Lays numbers out from an address on. */
  ChannelPattern(Layout layout, long numbers) {
    this.layout = layout;
    this.numbers = numbers;
  }

  /** Floats that one number takes for all channels. */
  static int stride(Layout layout) {
    return layout.byColumns() ? layout.columns() : layout.kept();
  }

  /** The cut of the elements into rows. */
  static RowTiles tiles(Layout layout) {
    return layout.byColumns()
        ? RowTiles.of(layout.outer(), layout.columns())
        : RowTiles.of((long) layout.outer() * layout.kept(), layout.inner());
  }

  /** Stores a number of a channel, once: {@link #repeat} has to follow. */
  void set(int number, int channel, float value) {
    Memory.set(address(number) + 4L * channel * repeats(), value);
  }

  /**
   * Repeats numbers of channels as the loops need them. Apart from {@link #set}, so that what
   * computes many numbers does not become too large for C2.
   */
  void repeat(int firstNumber, int endNumber, int firstChannel, int endChannel) {
    int repeats = repeats();
    for (int number = firstNumber; number < endNumber && repeats > 1; number++) {
      for (int channel = firstChannel; channel < endChannel; channel++) {
        long at = address(number) + 4L * channel * repeats;
        Floats.fill(at, repeats, Memory.get(at));
      }
    }
  }

  private int repeats() {
    return layout.byColumns() ? layout.inner() : 1;
  }

  /** Where a number begins: of all channels, or repeated, of all columns. */
  long address(int number) {
    return numbers + 4L * number * stride(layout);
  }
}
