package org.quadralib.architecture;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.quadralib.names.Suggestions;
import org.quadralib.tensor.Shape;

/** The keys of a mapping, each of one type, none unknown. */
final class Fields {
  private static final Pattern INTEGER = Pattern.compile("-?[0-9]{1,10}");
  private static final Pattern NUMBER =
      Pattern.compile("[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]{1,3})?");
  private static final Pattern SHAPE = Pattern.compile("[0-9]{1,7}(x[0-9]{1,7}){0,3}");

  private final YamlNode.Mapping mapping;
  private final String source;
  private final Set<String> known = new HashSet<>();

  private Fields(YamlNode.Mapping mapping, String source) {
    this.mapping = mapping;
    this.source = source;
  }

  static Fields of(YamlNode.Mapping mapping, String source) {
    return new Fields(mapping, source);
  }

  /** Complains of keys that nobody asked for. */
  void finish() {
    mapping
        .entries()
        .forEach(
            (key, node) -> {
              if (!known.contains(key)) {
                throw at(
                    node.line(),
                    "there is no key '%s' here%s; the keys are %s"
                        .formatted(
                            key,
                            Suggestions.didYouMean(key, known),
                            String.join(", ", known.stream().sorted().toList())));
              }
            });
  }

  boolean has(String key) {
    known.add(key);
    return mapping.entries().containsKey(key);
  }

  Fields mapping(String key) {
    if (needed(key) instanceof YamlNode.Mapping inner) {
      return new Fields(inner, source);
    }
    throw wrong(key, "keys and values must follow, such as 'type: relu'");
  }

  /** The mappings of a list. */
  List<Fields> mappings(String key) {
    if (!(needed(key) instanceof YamlNode.Items list)) {
      throw wrong(key, "a list must follow");
    }
    List<Fields> result = new ArrayList<>();
    for (YamlNode item : list.items()) {
      if (!(item instanceof YamlNode.Mapping inner)) {
        throw at(item.line(), "an item of '" + key + "' must be keys and values");
      }
      result.add(new Fields(inner, source));
    }
    return result;
  }

  /** The texts of a list. */
  List<String> texts(String key) {
    if (!(needed(key) instanceof YamlNode.Items list)) {
      throw wrong(key, "a list must follow, such as [a, b]");
    }
    return list.items().stream().map(item -> scalar(key, item).text()).toList();
  }

  String text(String key) {
    return scalar(key, needed(key)).text();
  }

  String text(String key, String otherwise) {
    return has(key) ? text(key) : otherwise;
  }

  int integer(String key, int least, int most) {
    return integer(key, scalar(key, needed(key)), least, most);
  }

  int integer(String key, int least, int most, int otherwise) {
    return has(key) ? integer(key, least, most) : otherwise;
  }

  /** One number for both sides of an image, or {@code [height, width]}. */
  int[] pair(String key, int least, int most, int otherwise) {
    if (!has(key)) {
      return new int[] {otherwise, otherwise};
    }
    if (needed(key) instanceof YamlNode.Items list) {
      if (list.items().size() != 2) {
        throw wrong(key, "there must be one number or two, [height, width]");
      }
      return list.items().stream()
          .mapToInt(item -> integer(key, scalar(key, item), least, most))
          .toArray();
    }
    int both = integer(key, least, most);
    return new int[] {both, both};
  }

  double number(String key, double otherwise) {
    if (!has(key)) {
      return otherwise;
    }
    String text = plain(key, scalar(key, needed(key)));
    if (!NUMBER.matcher(text).matches()) {
      throw wrong(key, "'%s' is no number".formatted(text));
    }
    return Double.parseDouble(text);
  }

  boolean flag(String key, boolean otherwise) {
    if (!has(key)) {
      return otherwise;
    }
    String text = plain(key, scalar(key, needed(key)));
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw wrong(key, "'%s' is neither true nor false".formatted(text));
    };
  }

  <E extends Enum<E>> E choice(String key, Class<E> type, E otherwise) {
    return has(key) ? choice(key, type) : otherwise;
  }

  <E extends Enum<E>> E choice(String key, Class<E> type) {
    String text = text(key);
    List<String> names = new ArrayList<>();
    for (E constant : type.getEnumConstants()) {
      names.add(YamlText.name(constant));
      if (YamlText.name(constant).equals(text)) {
        return constant;
      }
    }
    throw wrong(key, "'%s' is none of %s".formatted(text, String.join(", ", names)));
  }

  Shape shape(String key) {
    String text = text(key);
    if (!SHAPE.matcher(text).matches()) {
      throw wrong(key, "'%s' is no shape such as 3x32x32".formatted(text));
    }
    List<String> dims = List.of(text.split("x", -1));
    Shape shape = Shape.of(dims.stream().mapToInt(Integer::parseInt).toArray());
    if (shape.elements() < 1 || shape.elements() > Integer.MAX_VALUE / 8) {
      throw wrong(key, "'%s' is no size of an image".formatted(text));
    }
    return shape;
  }

  /** What is built from these keys; what it refuses is an error at their line. */
  <T> T build(Function<Fields, T> builder) {
    T result;
    try {
      result = builder.apply(this);
    } catch (FieldException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw at(mapping.line(), String.valueOf(e.getMessage()));
    }
    finish();
    return result;
  }

  /** An error at the value of a key. */
  IllegalArgumentException wrong(String key, String what) {
    @Nullable YamlNode node = mapping.entries().get(key);
    return at(node == null ? mapping.line() : node.line(), "'" + key + "': " + what);
  }

  private YamlNode needed(String key) {
    known.add(key);
    @Nullable YamlNode node = mapping.entries().get(key);
    if (node == null) {
      throw at(mapping.line(), "the key '" + key + "' is missing");
    }
    return node;
  }

  private YamlNode.Scalar scalar(String key, YamlNode node) {
    if (node instanceof YamlNode.Scalar scalar) {
      return scalar;
    }
    throw at(node.line(), "'" + key + "' needs one value");
  }

  /** What must be a number or a truth value is not written as a text. */
  private String plain(String key, YamlNode.Scalar scalar) {
    if (scalar.quoted()) {
      throw at(
          scalar.line(),
          "'%s': in quotes '%s' is a text; write it without".formatted(key, scalar.text()));
    }
    return scalar.text();
  }

  private int integer(String key, YamlNode.Scalar scalar, int least, int most) {
    if (!INTEGER.matcher(plain(key, scalar)).matches()) {
      throw at(scalar.line(), "'%s': '%s' is no whole number".formatted(key, scalar.text()));
    }
    long value = Long.parseLong(scalar.text());
    if (value < least || value > most) {
      throw at(
          scalar.line(),
          String.format(
              Locale.ROOT, "'%s' must be from %d to %d, not %d", key, least, most, value));
    }
    return (int) value;
  }

  private FieldException at(int line, String what) {
    return new FieldException("%s, line %d: %s".formatted(source, line, what));
  }

  /** An error that names its line already. */
  private static final class FieldException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    FieldException(String message) {
      super(message);
    }
  }
}
