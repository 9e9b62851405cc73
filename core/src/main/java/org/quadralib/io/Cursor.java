package org.quadralib.io;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Reads tokens from the text in a file's header; it never recurses and holds nothing. */
final class Cursor {
  private final Source source;
  private final MemorySegment text;
  private final long start;
  private long position;

  /**
   * At the first byte of a text.
   *
   * @param start position of that byte in the file
   */
  Cursor(Source source, MemorySegment text, long start) {
    this.source = source;
    this.text = text;
    this.start = start;
  }

  /** The next byte, white space or not, 0 to 255, or -1 at the end. */
  int peek() {
    return position < text.byteSize() ? text.get(ValueLayout.JAVA_BYTE, position) & 0xff : -1;
  }

  /** Takes the next byte, or -1 at the end. */
  int next() {
    int next = peek();
    position++;
    return next;
  }

  /** The bytes from a position on that {@link #position()} gave, up to but without the next. */
  byte[] since(long from) {
    return text.asSlice(from, position - from).toArray(ValueLayout.JAVA_BYTE);
  }

  long position() {
    return position;
  }

  /** Skips white space, then looks whether {@code token} is next. */
  boolean isNext(char token) {
    skipSpace();
    return peek() == token;
  }

  /** Skips white space, then takes {@code token} if it is next. */
  boolean take(char token) {
    boolean next = isNext(token);
    if (next) {
      position++;
    }
    return next;
  }

  /** Skips white space, then takes {@code token}, which must be next. */
  void expect(char token) throws FormatException {
    if (!take(token)) {
      throw unexpected("'" + token + "'");
    }
  }

  /** Skips white space, after which the text must end. */
  void expectEnd() throws FormatException {
    skipSpace();
    if (peek() >= 0) {
      throw unexpected("the end of the header");
    }
  }

  /** Skips white space, then takes a whole number, not negative, without leading zeros. */
  long natural() throws FormatException {
    skipSpace();
    long first = position;
    long value = 0;
    while (isDigit(peek())) {
      int digit = next() - '0';
      if (value > (Long.MAX_VALUE - digit) / 10) {
        throw error("the number is too large");
      }
      value = value * 10 + digit;
      if (value == 0 && isDigit(peek())) {
        throw error("the number starts with a zero");
      }
    }
    if (position == first) {
      throw unexpected("a whole number that is not negative");
    }
    return value;
  }

  /** An error at the next byte. */
  FormatException error(String problem) {
    return source.damaged("byte " + (start + position), problem);
  }

  FormatException unexpected(String expected) {
    int found = peek();
    String what =
        found < 0
            ? "the header ends"
            : found > ' ' && found < 0x7f
                ? "there is '" + (char) found + "'"
                : "there is the byte 0x" + Integer.toHexString(found);
    return error(what + " where " + expected + " must be");
  }

  private void skipSpace() {
    while (peek() == ' ' || peek() == '\n' || peek() == '\r' || peek() == '\t') {
      position++;
    }
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }
}
