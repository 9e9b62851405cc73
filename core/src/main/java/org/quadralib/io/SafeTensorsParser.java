package org.quadralib.io;

import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Reads the JSON header of a safetensors file. It takes what the format has in it and nothing else,
 * so nothing nests deeper than the format does.
 */
final class SafeTensorsParser {
  private final Source source;
  private final Cursor cursor;
  private final boolean widen;
  private final SequencedMap<String, String> metadata = new LinkedHashMap<>();
  private final Map<String, SafeTensorsHeader.Entry> entries = new LinkedHashMap<>();

  SafeTensorsParser(Source source, Cursor cursor, boolean widen) {
    this.source = source;
    this.cursor = cursor;
    this.widen = widen;
  }

  /** Tensors by name, in the order of the header; their places are not checked. */
  Map<String, SafeTensorsHeader.Entry> entries() {
    return entries;
  }

  SequencedMap<String, String> metadata() {
    return metadata;
  }

  /** Reads the whole header. */
  void parse() throws FormatException {
    if (cursor.peek() != '{') {
      throw cursor.unexpected("'{'");
    }
    boolean seenMetadata = false;
    cursor.expect('{');
    if (!cursor.take('}')) {
      do {
        String name = JsonString.read(cursor);
        boolean isMetadata = name.equals(SafeTensorsHeader.METADATA);
        if (isMetadata ? seenMetadata : entries.containsKey(name)) {
          throw source.damaged(SafeTensorsHeader.where(name), "the header has it twice");
        }
        cursor.expect(':');
        if (isMetadata) {
          seenMetadata = true;
          readMetadata();
        } else {
          entries.put(name, readEntry(name));
        }
      } while (cursor.take(','));
      cursor.expect('}');
    }
    cursor.expectEnd();
  }

  private void readMetadata() throws FormatException {
    cursor.expect('{');
    if (!cursor.take('}')) {
      do {
        String key = JsonString.read(cursor);
        cursor.expect(':');
        if (!cursor.isNext('"')) {
          throw source.damaged("metadata " + Source.quote(key), "its value is not a text");
        }
        if (metadata.put(key, JsonString.read(cursor)) != null) {
          throw source.damaged("metadata " + Source.quote(key), "the header has it twice");
        }
      } while (cursor.take(','));
      cursor.expect('}');
    }
  }

  private SafeTensorsHeader.Entry readEntry(String name) throws FormatException {
    String dtype = null;
    long[] shape = null;
    long[] offsets = null;
    cursor.expect('{');
    do {
      String field = JsonString.read(cursor);
      cursor.expect(':');
      boolean twice;
      switch (field) {
        case "dtype" -> {
          twice = dtype != null;
          dtype = JsonString.read(cursor);
        }
        case "shape" -> {
          twice = shape != null;
          shape = readNumbers(StoredArray.MAX_RANK);
        }
        case "data_offsets" -> {
          twice = offsets != null;
          offsets = readNumbers(2);
        }
        default ->
            throw source.damaged(
                SafeTensorsHeader.where(name), "the format has no field " + Source.quote(field));
      }
      if (twice) {
        throw source.damaged(
            SafeTensorsHeader.where(name), "the field " + field + " is there twice");
      }
    } while (cursor.take(','));
    cursor.expect('}');
    if (dtype == null || shape == null || offsets == null || offsets.length != 2) {
      throw source.damaged(
          SafeTensorsHeader.where(name),
          "it needs a dtype, a shape and data_offsets with a begin and an end");
    }
    return checked(name, dtype, shape, offsets[0], offsets[1]);
  }

  private long[] readNumbers(int most) throws FormatException {
    long[] numbers = new long[most];
    int count = 0;
    cursor.expect('[');
    if (!cursor.take(']')) {
      do {
        if (count == most) {
          throw cursor.error("the list has more than " + most + " numbers");
        }
        numbers[count++] = cursor.natural();
      } while (cursor.take(','));
      cursor.expect(']');
    }
    return Arrays.copyOf(numbers, count);
  }

  private SafeTensorsHeader.Entry checked(
      String name, String dtype, long[] shape, long begin, long end) throws FormatException {
    StoredArray array =
        StoredArray.of(
            source,
            SafeTensorsHeader.where(name),
            encoding(name, dtype),
            ByteOrder.LITTLE_ENDIAN,
            false,
            shape);
    // Written so that no sum can overflow.
    if (end < begin || end - begin != array.bytes()) {
      throw source.damaged(
          SafeTensorsHeader.where(name),
          "%s of shape %s has %d bytes, the offsets %d to %d do not"
              .formatted(dtype, array.shape(), array.bytes(), begin, end));
    }
    return new SafeTensorsHeader.Entry(array, begin, end);
  }

  private Encoding encoding(String name, String dtype) throws FormatException {
    for (Encoding encoding : Encoding.values()) {
      if (encoding.name().equals(dtype)) {
        if (encoding.widens() && !widen) {
          throw source.error(
              SafeTensorsHeader.where(name),
              "its dtype is " + dtype,
              "open the file with openWidening to read it as " + encoding.dtype());
        }
        return encoding;
      }
    }
    throw source.error(
        SafeTensorsHeader.where(name),
        "its dtype " + Source.quote(dtype) + " is not supported",
        "convert it to F32, F64, I32 or I64 and write the file again");
  }
}
