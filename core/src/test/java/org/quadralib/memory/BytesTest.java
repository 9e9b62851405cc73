package org.quadralib.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BytesTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "1023, 1023 B",
    "1024, 1.0 KiB",
    "13107200, 12.5 MiB",
    "-2048, -2.0 KiB",
    "9223372036854775807, 8.0 EiB"
  })
  void sizesAreReadable(long bytes, String text) {
    assertEquals(text, Bytes.format(bytes));
  }
}
