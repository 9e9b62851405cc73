package org.quadralib.vector;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import jdk.incubator.vector.FloatVector;

/** What the kernels need of the machine and the JVM, apart from the Vector API itself. */
final class VectorSupport {
  private static final int LEAST_BITS = 128;

  private VectorSupport() {}

  /** What is missing and how to mend it, in one sentence. */
  @SuppressWarnings("restricted") // that it may be denied is the point
  static Optional<String> missing() {
    int bits = FloatVector.SPECIES_PREFERRED.vectorBitSize();
    if (bits < LEAST_BITS) {
      String reason =
          "the widest vectors of this JVM have %d bits, but the kernels need %d; use a JVM whose "
              + "optimizing compiler is on (no -Xint, no -XX:TieredStopAtLevel=1)";
      return Optional.of(reason.formatted(bits, LEAST_BITS));
    }
    try {
      MemorySegment.NULL.reinterpret(1);
    } catch (IllegalCallerException e) {
      Module module = VectorSupport.class.getModule();
      return Optional.of(
          "access to native memory is denied; start java with --enable-native-access="
              + (module.isNamed() ? module.getName() : "ALL-UNNAMED"));
    }
    return Optional.empty();
  }
}
