package org.quadralib.profile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** Physical memory of this process, as the operating system counts it. */
public final class ResidentMemory {
  private static final Path STATUS = Path.of("/proc/self/status");

  private ResidentMemory() {}

  /** Bytes resident now; empty where there is no {@code /proc}. */
  public static OptionalLong bytes() {
    return read("VmRSS:");
  }

  /** Bytes resident at most since the process began; empty where there is no {@code /proc}. */
  public static OptionalLong highest() {
    return read("VmHWM:");
  }

  /**
   * By how much the process grew at most.
   *
   * @param idle what was resident before
   */
  public static OptionalLong growthAtHighest(OptionalLong idle) {
    OptionalLong highest = highest();
    return idle.isPresent() && highest.isPresent()
        ? OptionalLong.of(highest.getAsLong() - idle.getAsLong())
        : OptionalLong.empty();
  }

  private static OptionalLong read(String field) {
    try {
      return Files.readAllLines(STATUS).stream()
          .filter(line -> line.startsWith(field))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")) << 10)
          .findFirst();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }
}
