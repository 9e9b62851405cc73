package org.quadralib.io;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.TensorType;

/**
 * The header of an npy array, versions 1.0 to 3.0: a magic number, the version, a length, then a
 * Python dict literal with the keys {@code descr}, {@code fortran_order} and {@code shape}. Only
 * that literal is understood; nothing is evaluated.
 */
final class NpyHeader {
  /** Bytes that are enough to know the length of the header. */
  static final int PREFIX_BYTES = 12;

  /** The longest header in bytes; that of the longest shape is far shorter. */
  static final int MAX_BYTES = 1 << 16;

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int ALIGNMENT = 64;
  // NumPy leaves room for the longest count of elements, so that files can grow in place.
  private static final int GROWTH_DIGITS = 21;

  private NpyHeader() {}

  /**
   * Length of the header with everything before the data.
   *
   * @param start the first {@link #PREFIX_BYTES} of the array or more
   * @param available bytes of the array in all
   */
  static int length(Source source, MemorySegment start, long available) throws FormatException {
    if (available < PREFIX_BYTES) {
      throw source.damaged("byte 0", available + " bytes are too few for an npy array");
    }
    if (start.asSlice(0, MAGIC.length).mismatch(MemorySegment.ofArray(MAGIC)) >= 0) {
      throw source.damaged("byte 0", "an npy array starts with \\x93NUMPY, this does not");
    }
    int major = unsigned(start, 6);
    int minor = unsigned(start, 7);
    if (major < 1 || major > 3 || minor != 0) {
      throw source.error(
          "byte 6",
          "the version of the npy format is " + major + "." + minor,
          "write the array as version 1.0, 2.0 or 3.0");
    }
    long length = unsigned(start, 8) | unsigned(start, 9) << 8;
    if (major > 1) {
      length |= unsigned(start, 10) << 16 | (long) unsigned(start, 11) << 24;
    }
    length += textStart(major);
    long most = Math.min(MAX_BYTES, available);
    if (length < PREFIX_BYTES || length > most) {
      throw source.damaged(
          "byte 8",
          "the header is said to end at byte %d, which is not within %d to %d"
              .formatted(length, PREFIX_BYTES, most));
    }
    return (int) length;
  }

  /** Reads a whole header, of the length that {@link #length} gave. */
  static StoredArray read(Source source, MemorySegment header) throws FormatException {
    int textStart = textStart(unsigned(header, 6));
    Cursor cursor = new Cursor(source, header.asSlice(textStart), textStart);
    String descr = null;
    Boolean columnMajor = null;
    long[] shape = null;
    cursor.expect('{');
    while (!cursor.take('}')) {
      String key = string(cursor);
      cursor.expect(':');
      boolean twice;
      switch (key) {
        case "descr" -> {
          twice = descr != null;
          descr = descr(source, cursor);
        }
        case "fortran_order" -> {
          twice = columnMajor != null;
          columnMajor = bool(cursor);
        }
        case "shape" -> {
          twice = shape != null;
          shape = tuple(cursor);
        }
        default -> throw cursor.error("the format has no key " + Source.quote(key));
      }
      if (twice) {
        throw cursor.error("the key " + key + " is there twice");
      }
      if (!cursor.take(',')) {
        cursor.expect('}');
        break;
      }
    }
    cursor.expectEnd();
    if (descr == null || columnMajor == null || shape == null) {
      throw source.damaged("the header", "descr, fortran_order and shape are not all there");
    }
    Encoding encoding = encoding(source, descr);
    ByteOrder order = descr.charAt(0) == '>' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    return StoredArray.of(source, "the shape", encoding, order, columnMajor, shape);
  }

  /** The header, version 1.0, that NumPy writes before a row-major array. */
  static byte[] write(TensorType type, ByteOrder order) {
    Shape shape = type.shape();
    String descr =
        (order == ByteOrder.LITTLE_ENDIAN ? "<" : ">")
            + switch (type.dtype()) {
              case FLOAT32 -> "f4";
              case FLOAT64 -> "f8";
              case INT32 -> "i4";
              case INT64 -> "i8";
            };
    String dims =
        IntStream.of(shape.dims())
            .mapToObj(Integer::toString)
            .collect(Collectors.joining(", ", "(", shape.rank() == 1 ? ",)" : ")"));
    String dict = "{'descr': '%s', 'fortran_order': False, 'shape': %s, }".formatted(descr, dims);
    int room = shape.rank() == 0 ? 0 : GROWTH_DIGITS - Integer.toString(shape.dim(0)).length();
    int textStart = textStart(1);
    int length = Math.ceilDiv(textStart + dict.length() + room + 1, ALIGNMENT) * ALIGNMENT;

    byte[] header = Arrays.copyOf(MAGIC, length);
    Arrays.fill(header, textStart, length, (byte) ' ');
    header[6] = 1;
    header[7] = 0;
    header[8] = (byte) (length - textStart);
    header[9] = (byte) ((length - textStart) >> 8);
    byte[] text = dict.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(text, 0, header, textStart, text.length);
    header[length - 1] = '\n';
    return header;
  }

  private static int textStart(int majorVersion) {
    return majorVersion == 1 ? 10 : 12;
  }

  private static int unsigned(MemorySegment bytes, long at) {
    return bytes.get(ValueLayout.JAVA_BYTE, at) & 0xff;
  }

  private static Encoding encoding(Source source, String descr) throws FormatException {
    Encoding encoding =
        switch (descr.isEmpty() ? "" : descr.substring(1)) {
          case "b1" -> Encoding.BOOL;
          case "u1" -> Encoding.U8;
          case "i1" -> Encoding.I8;
          case "u2" -> Encoding.U16;
          case "i2" -> Encoding.I16;
          case "f2" -> Encoding.F16;
          case "u4" -> Encoding.U32;
          case "i4" -> Encoding.I32;
          case "f4" -> Encoding.F32;
          case "i8" -> Encoding.I64;
          case "f8" -> Encoding.F64;
          default -> null;
        };
    // One byte has no order, which is written '|'; NumPy never writes '='.
    if (encoding == null || (encoding.bytes() == 1 ? "|<>" : "<>").indexOf(descr.charAt(0)) < 0) {
      throw source.error(
          "the header",
          "the element type " + Source.quote(descr) + " is not supported",
          "convert the array to float32, float64, int32 or int64 and write it again");
    }
    return encoding;
  }

  private static String descr(Source source, Cursor cursor) throws FormatException {
    if (cursor.take('[')) {
      throw source.error(
          "the header", "the array has named fields", "write each field as an array of its own");
    }
    return string(cursor);
  }

  private static String string(Cursor cursor) throws FormatException {
    char quote = cursor.take('"') ? '"' : '\'';
    if (quote == '\'') {
      cursor.expect('\'');
    }
    long from = cursor.position();
    while (cursor.peek() != quote) {
      if (cursor.peek() < ' ' || cursor.peek() > '~' || cursor.peek() == '\\') {
        throw cursor.unexpected("the rest of a plain string");
      }
      cursor.next();
    }
    String string = new String(cursor.since(from), StandardCharsets.US_ASCII);
    cursor.next();
    return string;
  }

  private static boolean bool(Cursor cursor) throws FormatException {
    boolean value = cursor.take('T');
    if (!value) {
      cursor.expect('F');
    }
    for (char c : (value ? "rue" : "alse").toCharArray()) {
      if (cursor.peek() != c) {
        throw cursor.unexpected("True or False");
      }
      cursor.next();
    }
    return value;
  }

  private static long[] tuple(Cursor cursor) throws FormatException {
    long[] numbers = new long[StoredArray.MAX_RANK];
    int count = 0;
    cursor.expect('(');
    while (!cursor.take(')')) {
      if (count == numbers.length) {
        throw cursor.error("the shape has more than " + numbers.length + " dimensions");
      }
      numbers[count++] = cursor.natural();
      if (!cursor.take(',')) {
        if (count == 1) {
          throw cursor.unexpected("',' (one dimension is written (n,))");
        }
        cursor.expect(')');
        break;
      }
    }
    return Arrays.copyOf(numbers, count);
  }
}
