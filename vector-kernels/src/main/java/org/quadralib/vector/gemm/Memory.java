package org.quadralib.vector.gemm;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Loads and stores at absolute addresses.
 *
 * <p>All of them go through one segment that covers the whole address space, so that the compiler
 * sees a constant base and no bounds or liveness check that could fail. Addresses come from {@link
 * FloatSpan}, where they were checked.
 */
public final class Memory {

  private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private Memory() {}

  /** The vector at an address. */
  public static FloatVector load(long address) {
    return FloatVector.fromMemorySegment(Tile.SPECIES, ALL, address, ORDER);
  }

  /** The vector of some species at an address. */
  public static FloatVector load(VectorSpecies<Float> species, long address) {
    return FloatVector.fromMemorySegment(species, ALL, address, ORDER);
  }

  /** Writes a vector to an address. */
  public static void store(FloatVector value, long address) {
    value.intoMemorySegment(ALL, address, ORDER);
  }

  /** The float at an address. */
  public static float get(long address) {
    return ALL.get(JAVA_FLOAT_UNALIGNED, address);
  }

  /** Writes a float to an address. */
  public static void set(long address, float value) {
    ALL.set(JAVA_FLOAT_UNALIGNED, address, value);
  }

  /** Copies {@code count} floats from an address into an array. */
  public static void read(long address, float[] to, int offset, int count) {
    int i = 0;
    for (; i <= count - Tile.LANES; i += Tile.LANES) {
      load(address + 4L * i).intoArray(to, offset + i);
    }
    if (i < count && count >= Tile.LANES) {
      // The last vector overlaps the one before, which spares a loop over single values.
      int last = count - Tile.LANES;
      load(address + 4L * last).intoArray(to, offset + last);
    } else {
      for (; i < count; i++) {
        to[offset + i] = get(address + 4L * i);
      }
    }
  }

  /** Writes {@code count} floats of an array, each plus {@code bias}, to an address. */
  public static void write(float[] from, int offset, int count, float bias, long address) {
    int i = 0;
    FloatVector shift = FloatVector.broadcast(Tile.SPECIES, bias);
    for (; i <= count - Tile.LANES; i += Tile.LANES) {
      store(FloatVector.fromArray(Tile.SPECIES, from, offset + i).add(shift), address + 4L * i);
    }
    for (; i < count; i++) {
      set(address + 4L * i, from[offset + i] + bias);
    }
  }

  /** Adds {@code count} floats of an array to those at an address. */
  public static void add(float[] from, int offset, int count, long address) {
    int i = 0;
    for (; i <= count - Tile.LANES; i += Tile.LANES) {
      FloatVector sum =
          load(address + 4L * i).add(FloatVector.fromArray(Tile.SPECIES, from, offset + i));
      store(sum, address + 4L * i);
    }
    for (; i < count; i++) {
      set(address + 4L * i, get(address + 4L * i) + from[offset + i]);
    }
  }
}
