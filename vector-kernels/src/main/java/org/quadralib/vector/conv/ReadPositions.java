package org.quadralib.vector.conv;

import java.util.Arrays;

/**
 * Which positions of one axis of the input are read at all: with a stride, only those whose
 * remainder is that of some tap. The others need no place in a copy.
 */
final class ReadPositions {
  private final int stride;
  private final int[] rank; // of each remainder among those that are read; −1 if it is not
  private final int used;

  /**
   * Finds the positions.
   *
   * @param stride input positions from one output to the next
   * @param taps offset of each tap, at least 0
   */
  ReadPositions(int stride, int[] taps) {
    this.stride = stride;
    rank = new int[stride];
    Arrays.fill(rank, -1);
    for (int tap : taps) {
      rank[tap % stride] = 0;
    }
    int next = 0;
    for (int f = 0; f < stride; f++) {
      if (rank[f] == 0) {
        rank[f] = next++;
      }
    }
    used = Math.max(1, next);
  }

  /** How many remainders are read. */
  int used() {
    return used;
  }

  /** Whether all positions are read. */
  boolean isAll() {
    return used == stride;
  }

  /** Whether a position is read; counted from where tap offset 0 of the first output lies. */
  boolean isRead(int position) {
    return rank[position % stride] >= 0;
  }

  /** Place of a remainder that is read among those that are. */
  int rank(int remainder) {
    return rank[remainder];
  }

  /** Place of a position that is read, if only those are stored, one after the other. */
  int place(int position) {
    return position / stride * used + rank[position % stride];
  }
}
