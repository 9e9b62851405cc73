package org.quadralib.random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Against the known answers of Random123 (Salmon et al.), {@code kat_vectors}, philox4x32-10. */
class PhiloxTest {
  @Test
  void zeros() {
    assertArrayEquals(new int[] {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}, block(0, 0, 0));
  }

  @Test
  void ones() {
    assertArrayEquals(
        new int[] {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}, block(-1, -1, -1));
  }

  /** Counter 243f6a88 85a308d3 13198a2e 03707344, key a4093822 299f31d0. */
  @Test
  void digitsOfPi() {
    assertArrayEquals(
        new int[] {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1},
        block(0x299f31d0_a4093822L, 0x03707344_13198a2eL, 0x85a308d3_243f6a88L));
  }

  @Test
  void uniformNumbersFillTheUnitInterval() {
    assertEquals(0, Philox.uniform(0));
    assertEquals(1 - 0x1p-24f, Philox.uniform(-1));
    assertEquals(0.5f, Philox.uniform(0x8000_0000));
  }

  private static int[] block(long key, long high, long low) {
    int[] words = new int[4];
    Philox.block(key, high, low, words);
    return words;
  }
}
