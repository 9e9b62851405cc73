package org.quadralib.io;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Strings of JSON (RFC 8259), strictly: valid UTF-8, known escapes, no lone surrogates. */
final class JsonString {
  private JsonString() {}

  /** Skips white space, then takes a string. */
  static String read(Cursor cursor) throws FormatException {
    cursor.expect('"');
    StringBuilder string = new StringBuilder();
    long from = cursor.position();
    while (cursor.peek() != '"') {
      if (cursor.peek() == '\\') {
        string.append(decode(cursor, from));
        cursor.next();
        readEscape(cursor, string);
        from = cursor.position();
      } else if (cursor.peek() < ' ') {
        throw cursor.unexpected("the rest of a string");
      } else {
        cursor.next();
      }
    }
    string.append(decode(cursor, from));
    cursor.next();
    requirePairs(cursor, string);
    return string.toString();
  }

  /** A string in quotes, escaped no more than needed, as the safetensors library writes it. */
  static String quote(String string) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      switch (c) {
        case '"' -> quoted.append("\\\"");
        case '\\' -> quoted.append("\\\\");
        case '\b' -> quoted.append("\\b");
        case '\f' -> quoted.append("\\f");
        case '\n' -> quoted.append("\\n");
        case '\r' -> quoted.append("\\r");
        case '\t' -> quoted.append("\\t");
        default -> quoted.append(c < ' ' ? String.format("\\u%04x", (int) c) : c);
      }
    }
    return quoted.append('"').toString();
  }

  private static CharSequence decode(Cursor cursor, long from) throws FormatException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(cursor.since(from)));
    } catch (CharacterCodingException e) {
      throw cursor.error("the string before this is not UTF-8");
    }
  }

  private static void readEscape(Cursor cursor, StringBuilder string) throws FormatException {
    int escape = cursor.peek();
    switch (escape) {
      case '"', '\\', '/' -> string.append((char) escape);
      case 'b' -> string.append('\b');
      case 'f' -> string.append('\f');
      case 'n' -> string.append('\n');
      case 'r' -> string.append('\r');
      case 't' -> string.append('\t');
      case 'u' -> {
        int unit = 0;
        for (int i = 0; i < 4; i++) {
          cursor.next();
          int digit = Character.digit(cursor.peek(), 16);
          if (digit < 0) {
            throw cursor.unexpected("a hexadecimal digit");
          }
          unit = unit << 4 | digit;
        }
        string.append((char) unit);
      }
      default -> throw cursor.unexpected("an escape that JSON knows");
    }
    cursor.next();
  }

  private static void requirePairs(Cursor cursor, CharSequence string) throws FormatException {
    if (string.codePoints().anyMatch(c -> c >= 0xd800 && c <= 0xdfff)) {
      throw cursor.error("the string before this has half a surrogate pair");
    }
  }
}
