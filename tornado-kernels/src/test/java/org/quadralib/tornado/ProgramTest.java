package org.quadralib.tornado;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("device")
class ProgramTest {
  /** Does what the kernels do with their counters, and sees which block each launch reads. */
  @Test
  void everyLaunchFindsItsOwnArguments() {
    Random random = new Random(7);
    for (int length : new int[] {1, 2, 3, 10, 200}) {
      List<Launch> launches = new ArrayList<>();
      for (int i = 0; i < length; i++) {
        Family family = Family.values()[random.nextInt(3)];
        launches.add(Launch.of(family, i, random.nextInt()).with(i + 0.5));
      }
      Program program = Program.of(launches);
      int[] counters = new int[Program.COUNTERS];
      System.arraycopy(program.code(), 1, counters, 0, program.code()[0]);
      for (int i = 0; i < length; i++) {
        int unit = program.units()[i];
        assertEquals(launches.get(i).family(), Family.values()[unit / 2]);
        int at = counters[unit];
        assertEquals(i, program.code()[at + 2], "launch of " + length);
        assertEquals(i + 0.5f, program.constants()[program.code()[at + 4]]);
        assertNotEquals(unit, program.code()[at], "a launch moves its own counter");
        counters[program.code()[at]] = program.code()[at + 1];
      }
    }
  }

  @Test
  void axesThatAreWalkedTogetherAreJoined() {
    Strided index =
        Strided.of(new int[] {2, 1, 3, 4}, new int[] {12, 9, 4, 1}, new int[] {0, 0, 4, 1});
    assertArrayEquals(new int[] {2, 2, 12, 12, 1, 0, 1}, index.arguments());
    assertEquals(24, index.elements());
  }

  @Test
  void sizesAreRoundedToFewAndNeverDown() {
    for (long bytes : new long[] {1, 64, 16_384, 16_385, 1 << 20, (1 << 20) + 1, 7L << 30}) {
      long rounded = DeviceLayout.rounded(bytes);
      assertEquals(true, rounded >= bytes && rounded % 64 == 0, bytes + " became " + rounded);
      assertEquals(rounded, DeviceLayout.rounded(rounded));
    }
  }
}
