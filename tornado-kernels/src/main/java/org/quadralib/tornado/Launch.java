package org.quadralib.tornado;

/**
 * One execution of a kernel.
 *
 * @param arguments integers, in the order the kernel's documentation gives
 * @param constantsAt which argument says where the constants begin; −1 if there are none
 */
record Launch(Family family, int[] arguments, int constantsAt, float[] constants) {
  private static final float[] NONE = {};

  /** A launch without floating-point arguments. */
  static Launch of(Family family, int... arguments) {
    return new Launch(family, arguments, -1, NONE);
  }

  /** The same with constants, whose position becomes the next argument. */
  Launch with(double... values) {
    int[] more = java.util.Arrays.copyOf(arguments, arguments.length + 1);
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return new Launch(family, more, arguments.length, floats);
  }

  /** The same with more integers. */
  Launch and(int... values) {
    int[] more = java.util.Arrays.copyOf(arguments, arguments.length + values.length);
    System.arraycopy(values, 0, more, arguments.length, values.length);
    return new Launch(family, more, constantsAt, constants);
  }
}
