package org.quadralib.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.quadralib.tensor.Shape;

/** Values as they stand in a YAML file. */
final class YamlText {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z][A-Za-z0-9_.-]*");
  private static final Pattern WORD = Pattern.compile("(?i)true|false|null|yes|no|on|off|y|n");

  private final List<String> entries = new ArrayList<>();

  /** Adds a key whose value is written as it is. */
  YamlText add(String key, Object value) {
    entries.add(key + ": " + value);
    return this;
  }

  /** Adds a key unless its value is the usual one. */
  YamlText add(String key, Object value, Object usual) {
    return value.equals(usual) ? this : add(key, value);
  }

  /** Adds a key of one number for both sides of an image, or two, unless both are the usual one. */
  YamlText pair(String key, int height, int width, int usual) {
    if (height != width) {
      return add(key, "[" + height + ", " + width + "]");
    }
    return height == usual ? this : add(key, height);
  }

  /** All entries on one line. */
  String flow() {
    return entries.stream().collect(Collectors.joining(", ", "{", "}"));
  }

  /** A text, in quotes where YAML might take it for something else. */
  static String quoted(String text) {
    if (PLAIN.matcher(text).matches() && !WORD.matcher(text).matches()) {
      return text;
    }
    StringBuilder quoted = new StringBuilder("\"");
    text.chars()
        .forEach(
            c -> {
              if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
              } else if (c < ' ' || c > '~') {
                quoted.append(String.format(Locale.ROOT, "\\u%04x", c));
              } else {
                quoted.append((char) c);
              }
            });
    return quoted.append('"').toString();
  }

  /** A constant as it is written: {@code t2-and-4}. */
  static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static String shape(Shape shape) {
    return IntStream.of(shape.dims()).mapToObj(Integer::toString).collect(Collectors.joining("x"));
  }
}
