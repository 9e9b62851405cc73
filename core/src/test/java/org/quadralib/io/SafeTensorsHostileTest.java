package org.quadralib.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafeTensorsHostileTest {
  private static final String FLOAT = "{'dtype':'F32','shape':[1],'data_offsets':[0,4]}";

  @TempDir Path folder;

  private FormatException refuse(byte[] bytes) throws IOException {
    Path path = Files.write(folder.resolve("hostile.safetensors"), bytes);
    var error = assertThrows(FormatException.class, () -> SafeTensors.open(path).close());
    assertTrue(error.getMessage().startsWith(path + ", " + error.where() + ": "));
    assertTrue(error.getMessage().length() < path.toString().length() + 400, error.getMessage());
    return error;
  }

  private void refuse(String header, int dataBytes, String says) throws IOException {
    FormatException error = refuse(Samples.safetensors(header.replace('\'', '"'), dataBytes));
    assertTrue(error.getMessage().contains(says), error.getMessage());
  }

  @Test
  void missingFile() {
    var error =
        assertThrows(
            NoSuchFileException.class, () -> SafeTensors.open(folder.resolve("no.safetensors")));
    assertTrue(error.getMessage().contains("no.safetensors: there is no"), error.getMessage());
  }

  @Test
  void folderAndDevice() {
    var error = assertThrows(IOException.class, () -> SafeTensors.open(folder));
    assertTrue(error.getMessage().contains("not a regular file"), error.getMessage());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7})
  void tooShortForALength(int bytes) throws IOException {
    assertTrue(refuse(new byte[bytes]).getMessage().contains(bytes + " bytes, too few"));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 63, 65, 100_000_001, Long.MAX_VALUE, Long.MIN_VALUE, -1, -8})
  void wrongHeaderLength(long length) throws IOException {
    byte[] bytes = Samples.safetensors(FLOAT.replace('\'', '"') + " ".repeat(16), 0);
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
    refuse(bytes);
  }

  @Test
  void everyTruncationOfAFile() throws IOException {
    byte[] whole = Samples.bytes("plain.safetensors");
    for (int length = 0; length < whole.length; length++) {
      refuse(Arrays.copyOf(whole, length));
    }
    assertTrue(refuse(Arrays.copyOf(whole, whole.length - 1)).getMessage().contains("cut short"));
    assertTrue(refuse(Arrays.copyOf(whole, whole.length + 1)).getMessage().contains("left over"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "[]                                    | '{'",
        "~ {}~                                 | '{'",
        "hello                                 | '{'",
        "{                                     | ends where",
        "{}{}                                  | the end of the header",
        "{} x                                  | the end of the header",
        "{'a'}                                 | ':'",
        "{'a':1}                               | '{'",
        "{'a':null}                            | '{'",
        "{'a':{}}                              | must be",
        "{a:{}}                                | must be",
        "{'a                                   | the rest of a string",
        "{'a\\                                 | an escape",
        "{'a\\x':1}                            | an escape",
        "{'\\u12g4':1}                         | hexadecimal",
        "{'\\ud800':1}                         | surrogate",
        "{'\\udc00\\ud800':1}                  | surrogate",
        "{'__metadata__':'x'}                  | '{'",
        "{'__metadata__':{'a':1}}              | metadata 'a': its value is not a text",
        "{'__metadata__':{'a':{'b':'c'}}}      | metadata 'a': its value is not a text",
        "{'__metadata__':{'a':'b','a':'c'}}    | metadata 'a': the header has it twice",
        "{'__metadata__':{},'__metadata__':{}} | twice",
        "{'__metadata__':{'a':'b'},}           | must be",
      })
  void notTheJsonOfTheFormat(String header, String says) throws IOException {
    refuse(header, 0, says);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "'dtype':'F32','shape':[1]                                    | it needs a dtype",
        "'dtype':'F32','data_offsets':[0,4]                           | it needs a dtype",
        "'shape':[1],'data_offsets':[0,4]                             | it needs a dtype",
        "'dtype':'F32','shape':[1],'data_offsets':[0]                 | it needs a dtype",
        "'dtype':'F32','shape':[1],'data_offsets':[0,4,8]             | more than 2",
        "'dtype':'F32','shape':[1],'data_offsets':[0,4],'x':1         | no field 'x'",
        "'dtype':'F32','dtype':'F32','shape':[1],'data_offsets':[0,4] | dtype is there twice",
        "'dtype':'F32','shape':[1],'shape':[1],'data_offsets':[0,4]   | shape is there twice",
        "'dtype':'F99','shape':[1],'data_offsets':[0,4]               | 'F99' is not supported",
        "'dtype':'f32','shape':[1],'data_offsets':[0,4]               | 'f32' is not supported",
        "'dtype':'U64','shape':[1],'data_offsets':[0,8]               | 'U64' is not supported",
        "'dtype':'F16','shape':[2],'data_offsets':[0,4]               | dtype is F16",
        "'dtype':'BF16','shape':[2],'data_offsets':[0,4]              | dtype is BF16",
        "'dtype':'BOOL','shape':[4],'data_offsets':[0,4]              | dtype is BOOL",
        "'dtype':4,'shape':[1],'data_offsets':[0,4]                   | must be",
        "'dtype':'F32','shape':1,'data_offsets':[0,4]                 | '['",
        "'dtype':'F32','shape':[-1],'data_offsets':[0,4]              | not negative",
        "'dtype':'F32','shape':[1.0],'data_offsets':[0,4]             | must be",
        "'dtype':'F32','shape':[1e0],'data_offsets':[0,4]             | must be",
        "'dtype':'F32','shape':[01],'data_offsets':[0,4]              | starts with a zero",
        "'dtype':'F32','shape':[1,],'data_offsets':[0,4]              | must be",
        "'dtype':'F32','shape':[[1]],'data_offsets':[0,4]             | must be",
        "'dtype':'F32','shape':['1'],'data_offsets':[0,4]             | must be",
        "'dtype':'F32','shape':[2147483648],'data_offsets':[0,4]      | extent 2147483648",
        "'dtype':'F32','shape':[9223372036854775808],'data_offsets':[0,4]  | too large",
        "'dtype':'F32','shape':[99999999999999999999],'data_offsets':[0,4] | too large",
        "'dtype':'F32','shape':[2147483647,2147483647,2],'data_offsets':[0,4] | can be counted",
        "'dtype':'F32','shape':[65536,65536,65536,65536],'data_offsets':[0,0] | can be counted",
        "'dtype':'F32','shape':[2],'data_offsets':[0,4]               | has 8 bytes",
        "'dtype':'F32','shape':[0],'data_offsets':[0,4]               | has 0 bytes",
        "'dtype':'F64','shape':[1],'data_offsets':[0,4]               | has 8 bytes",
        "'dtype':'F32','shape':[1],'data_offsets':[4,0]               | offsets 4 to 0",
        "'dtype':'F32','shape':[1],'data_offsets':[-4,0]              | not negative",
        "'dtype':'F32','shape':[1],'data_offsets':[4,8]               | a gap",
        "'dtype':'F32','shape':[1],'data_offsets':[9223372036854775803,9223372036854775807] | a"
            + " gap",
        "'dtype':'F32','shape':[0],'data_offsets':[0,0]               | left over",
      })
  void notATensorOfTheFormat(String fields, String says) throws IOException {
    refuse("{'a':{" + fields + "}}", 4, says);
  }

  @Test
  void overlapsGapsAndTwins() throws IOException {
    refuse("{'a':" + FLOAT + ",'b':" + FLOAT + "}", 8, "tensor 'b': its data starts at offset 0");
    refuse("{'a':" + FLOAT + ",'b':" + FLOAT.replace("0,4", "2,6") + "}", 6, "an overlap");
    refuse("{'a':" + FLOAT + ",'b':" + FLOAT.replace("0,4", "5,9") + "}", 9, "a gap");
    refuse("{'a':" + FLOAT + ",'b':" + FLOAT.replace("0,4", "4,8") + "}", 7, "cut short");
    refuse("{'a':" + FLOAT + ",'a':" + FLOAT.replace("0,4", "4,8") + "}", 8, "twice");
    refuse("{'a':" + FLOAT + ",'\\u0061':" + FLOAT.replace("0,4", "4,8") + "}", 8, "twice");
  }

  @Test
  void textThatIsNotUtf8() throws IOException {
    byte[] bytes = Samples.safetensors("{\"xx\":1}", 0);
    for (byte[] bad : new byte[][] {{(byte) 0xff, 'x'}, {(byte) 0xc0, (byte) 0x80}}) {
      System.arraycopy(bad, 0, bytes, 8 + 2, 2);
      assertTrue(refuse(bytes).getMessage().contains("UTF-8"));
    }
    refuse("{'a\nb':1}", 0, "the byte 0xa");
  }

  @Test
  void nestedBombs() throws IOException {
    for (String nest : new String[] {"[", "{\"a\":", "{\"a\":[", "{"}) {
      refuse(Samples.safetensors(nest.repeat(1_000_000 / nest.length()), 0));
    }
    refuse("{'a':{'dtype':'F32','shape':" + "[".repeat(500_000), 0, "must be");
    refuse("{'a':{'dtype':'F32','shape':[" + "1,".repeat(500_000), 0, "more than 64");
  }

  @Test
  void hugeNamesAreNotShownInFull() throws IOException {
    byte[] name = new byte[1_000_000];
    Arrays.fill(name, (byte) 'n');
    refuse("{'" + new String(name, StandardCharsets.US_ASCII) + "':{'x':1}}", 0, "nnn…'");
    refuse("{'a\\u001b[31m\\u202e\\n':{'x':1}}", 0, "tensor 'a?[31m??'");
  }

  @Test
  void aFailedOpenLeavesTheFileFree() throws IOException {
    refuse(Samples.safetensors("{", 0));
    Files.delete(folder.resolve("hostile.safetensors"));
    try (var left = Files.list(folder)) {
      assertEquals(0, left.count());
    }
  }
}
