package org.quadralib.io;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NpyHostileTest {
  @TempDir Path folder;

  private FormatException refuse(byte[] bytes) throws IOException {
    Path path = Files.write(folder.resolve("hostile.npy"), bytes);
    var error = assertThrows(FormatException.class, () -> Npy.open(path).close());
    assertTrue(error.getMessage().startsWith(path + ", " + error.where() + ": "));
    return error;
  }

  private void refuse(byte[] bytes, String says) throws IOException {
    FormatException error = refuse(bytes);
    assertTrue(error.getMessage().contains(says), error.getMessage());
  }

  @Test
  void missingFile() {
    assertThrows(NoSuchFileException.class, () -> Npy.open(folder.resolve("no.npy")));
  }

  @ParameterizedTest
  @CsvSource({"f4", "big_fortran", "version2", "version3", "u1", "scalar"})
  void everyTruncation(String name) throws IOException {
    byte[] whole = Samples.bytes(name + ".npy");
    for (int length = 0; length < whole.length; length++) {
      refuse(Arrays.copyOf(whole, length));
    }
    refuse(Arrays.copyOf(whole, whole.length - 1), "cut short");
    refuse(Arrays.copyOf(whole, whole.length + 1), "left over");
  }

  @ParameterizedTest
  @CsvSource({"u8, <u8", "c8, <c8", "text, <U2", "fields, named fields"})
  void typesThatAreNotSupported(String name, String says) throws IOException {
    refuse(Samples.bytes(name + ".npy"), says);
  }

  @Test
  void wrongMagicVersionOrLength() throws IOException {
    byte[] good = Samples.bytes("f4.npy");
    for (int at = 0; at < 6; at++) {
      refuse(with(good, at, good[at] ^ 1), "NUMPY");
    }
    refuse(with(good, 6, 0), "version of the npy format is 0.0");
    refuse(with(good, 6, 4), "version of the npy format is 4.0");
    refuse(with(good, 7, 1), "version of the npy format is 1.1");
    refuse(with(good, 6, 200), "version of the npy format is 200.0");
    refuse(with(good, 8, 0), "said to end at byte 10");
    refuse(with(good, 8, 2), "ends where");
    refuse(with(with(good, 8, 0xff), 9, 0xff), "said to end at byte 65545");
    byte[] version2 = Samples.bytes("version2.npy");
    refuse(with(version2, 11, 0xff), "said to end at byte 42");
    refuse(with(version2, 11, 0x7f), "said to end at byte 21");
    refuse(with(version2, 8, 1), "ends where");
    byte[] large = Arrays.copyOf(version2, 1 << 20);
    refuse(with(large, 10, 2), "not within 12 to 65536");
  }

  private static byte[] with(byte[] bytes, int at, int value) {
    byte[] changed = bytes.clone();
    changed[at] = (byte) value;
    return changed;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '~',
      value = {
        "(1,)                                                      # '{'",
        "{                                                         # end at byte 11",
        "{}                                                        # not all there",
        "{'descr': '<f4', 'fortran_order': False}                  # not all there",
        "{'descr': '<f4', 'shape': (1,)}                           # not all there",
        "{'fortran_order': False, 'shape': (1,)}                   # not all there",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x # the end of the header",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': 1} # no key 'x'",
        "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)} # twice",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'shape': (1,)} # twice",
        "{'fortran_order': False, 'fortran_order': True, 'descr': '<f4', 'shape': (1,)} # twice",
        "{'descr': 'f4', 'fortran_order': False, 'shape': (1,)}    # 'f4' is not supported",
        "{'descr': '=f4', 'fortran_order': False, 'shape': (1,)}   # '=f4' is not supported",
        "{'descr': '|f4', 'fortran_order': False, 'shape': (1,)} # '|f4' is not supported",
        "{'descr': '', 'fortran_order': False, 'shape': (1,)}      # '' is not supported",
        "{'descr': '<', 'fortran_order': False, 'shape': (1,)}     # '<' is not supported",
        "{'descr': '<O', 'fortran_order': False, 'shape': (1,)}    # '<O' is not supported",
        "{'descr': '|O', 'fortran_order': False, 'shape': (1,)} # '|O' is not supported",
        "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}       # must be",
        "{'descr': '<f4', 'fortran_order': Fals, 'shape': (1,)}    # True or False",
        "{'descr': '<f4', 'fortran_order': Truth, 'shape': (1,)}   # True or False",
        "{'descr': '<f4', 'fortran_order': False, 'shape': 1}      # '('",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1)}    # (n,)",
        "{'descr': '<f4', 'fortran_order': False, 'shape': [1]}    # '('",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}  # not negative",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1.,)}  # must be",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (01,)}  # starts with a zero",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1+1,)} # must be",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (,)}    # must be",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,,)}  # must be",
        "{'descr': '<f4', 'fortran_order': False, 'shape': ((1,),)} # must be",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2147483648,)} # extent 2147483648",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)} # too large",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2147483647, 2147483647, 2)} # counted",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}   # cut short",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (0,)}   # left over",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,     # ends where",
        "{'descr': '<f4                                            # the rest of a plain string",
        "{'descr\\x41': '<f4'}                                     # the rest of a plain string",
        "{descr: '<f4'}                                            # must be",
        "{'descr': __import__('os').system('x')}                   # must be",
      })
  void notTheLiteralOfTheFormat(String dict, String says) throws IOException {
    refuse(Samples.npy(dict, 4), says);
  }

  @Test
  void bombs() throws IOException {
    refuse(Samples.npy("{".repeat(60_000), 0));
    refuse(Samples.npy("{'shape': " + "(".repeat(60_000), 0));
    refuse(Samples.npy("{'shape': (" + "1, ".repeat(20_000) + ")}", 0), "more than 64");
  }
}
