package org.quadralib.tornado;

import java.util.Locale;

/** The limit that TornadoVM itself sets, which it reads when it starts. */
final class DeviceMemory {
  private static final String DEFAULT = "4GB";

  private DeviceMemory() {}

  /** Bytes of {@code -Dtornado.device.memory}; 4 GB where nothing is said. */
  static long limit() {
    String text =
        System.getProperty("tornado.device.memory", DEFAULT).strip().toUpperCase(Locale.ROOT);
    long unit = text.endsWith("GB") ? 1L << 30 : text.endsWith("MB") ? 1L << 20 : 1;
    return Long.parseLong(text.replaceAll("[^0-9]", "")) * unit;
  }
}
