package org.quadralib.tornado;

import java.util.ArrayList;
import java.util.List;

/**
 * All launches of a run as the device reads them: a table of first positions, then a block for each
 * launch (see {@code org.quadralib.tornado.kernel}).
 *
 * @param code the integers
 * @param constants floating-point arguments; the first is 0
 * @param units which unit runs each launch
 */
record Program(int[] code, float[] constants, int[] units) {
  /** Two units for each kernel, so that none runs twice in a row. */
  static final int UNITS = 2 * Family.values().length;

  /** The counter that the first launch moves: of no unit. */
  private static final int NOBODY = UNITS;

  /** Number of counters. */
  static final int COUNTERS = UNITS + 1;

  static Program of(List<Launch> launches) {
    int count = launches.size();
    int[] units = new int[count];
    int[] positions = new int[count];
    int end = 1 + COUNTERS;
    for (int i = 0; i < count; i++) {
      int unit = 2 * launches.get(i).family().ordinal();
      units[i] = i > 0 && units[i - 1] == unit ? unit + 1 : unit;
      positions[i] = end;
      end += 2 + launches.get(i).arguments().length;
    }
    int[] code = new int[end];
    List<Float> constants = new ArrayList<>(List.of(0f, 0f));
    int[] next = new int[COUNTERS]; // position of each unit's next block, seen from the end
    for (int i = count - 1; i >= 0; i--) {
      Launch launch = launches.get(i);
      int before = i == 0 ? NOBODY : units[i - 1];
      code[positions[i]] = before;
      code[positions[i] + 1] = next[before];
      next[units[i]] = positions[i];
      System.arraycopy(launch.arguments(), 0, code, positions[i] + 2, launch.arguments().length);
      if (launch.constantsAt() >= 0) {
        code[positions[i] + 2 + launch.constantsAt()] = constants.size();
        for (float constant : launch.constants()) {
          constants.add(constant);
        }
        constants.add(0f); // kernels may read one more than they need
      }
    }
    code[0] = COUNTERS;
    System.arraycopy(next, 0, code, 1, COUNTERS);
    float[] floats = new float[constants.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = constants.get(i);
    }
    return new Program(code, floats, units);
  }

  /** Number of launches. */
  int launches() {
    return units.length;
  }
}
