package org.quadralib.io;

/**
 * The file being read, as errors name it.
 *
 * @param name the path, or the path and the entry in it
 * @param format the name of its format
 */
record Source(String name, String format) {
  private static final int LONGEST_QUOTE = 100;

  /** An error in a file that no program would write on purpose. */
  FormatException damaged(String where, String problem) {
    return error(
        where, problem, "the file is damaged or not in the " + format + " format, get it again");
  }

  FormatException error(String where, String problem, String advice) {
    return new FormatException(name, where, problem, advice);
  }

  /** A text from the file, made harmless to show: on one line and not endless. */
  static String quote(String text) {
    StringBuilder quoted = new StringBuilder("'");
    text.codePoints()
        .limit(LONGEST_QUOTE)
        .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c)
        .forEach(quoted::appendCodePoint);
    return quoted.append(text.length() > LONGEST_QUOTE ? "…'" : "'").toString();
  }
}
