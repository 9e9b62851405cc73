package org.quadralib.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
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

  @Test
  void sizesThatLookAlikeAreToldApart() {
    assertEquals("7.4 MiB (7769216 bytes)", Bytes.exact(7_769_216));
    assertEquals("7.4 MiB (7769215 bytes)", Bytes.exact(7_769_215));
    assertEquals("1.0 KiB (1024 bytes)", Bytes.exact(1024));
    assertEquals("1023 bytes", Bytes.exact(1023));
  }

  @Test
  void readsSizesAsPeopleWriteThem() {
    assertEquals(256L << 20, Bytes.parse("256MiB"));
    assertEquals(3L << 29, Bytes.parse("1.5 GiB"));
    assertEquals(500_000_000, Bytes.parse("500MB"));
    assertEquals(2_000, Bytes.parse("2kb"));
    assertEquals(4096, Bytes.parse("4096"));
    assertEquals(4096, Bytes.parse("4096B"));
    for (String wrong : List.of("", "MiB", "-1MiB", "0", "1XB", "1e9", "0.1B", "12 apples")) {
      var error = assertThrows(IllegalArgumentException.class, () -> Bytes.parse(wrong), wrong);
      assertTrue(error.getMessage().contains("256MiB"), error.getMessage());
    }
  }
}
