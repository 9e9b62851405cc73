package org.quadralib.samples;

import org.quadralib.memory.Bytes;
import picocli.CommandLine.TypeConversionException;

/** What {@code --memory} takes: {@code 256MiB}, {@code 1GiB}, {@code 500MB}, bytes. */
public record MemorySize(long bytes) {
  static MemorySize parse(String text) {
    try {
      return new MemorySize(Bytes.parse(text));
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }

  @Override
  public String toString() {
    return Bytes.format(bytes);
  }
}
