package org.quadralib.memory;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much memory the machine could still give to this process. */
public final class SystemMemory {
  private SystemMemory() {}

  /**
   * Bytes that can be allocated without swapping: what Linux estimates as available, bounded by the
   * container's share; elsewhere the free physical memory.
   */
  public static long availableBytes() {
    var system =
        ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);
    long free = system.getFreeMemorySize();
    long reclaimable = linuxAvailable();
    return reclaimable < 0 ? free : Math.min(reclaimable, system.getTotalMemorySize());
  }

  private static long linuxAvailable() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
        if (line.startsWith("MemAvailable:")) {
          return Long.parseLong(line.replaceAll("\\D+", "")) * 1024;
        }
      }
    } catch (IOException | NumberFormatException e) {
      return -1; // not Linux: the caller falls back to the free physical memory
    }
    return -1;
  }
}
