package org.quadralib.architecture;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * Reads YAML without YAML's guesses: a scalar stays the text it is, so that {@code 5e-4} is the
 * number one means and {@code no} is no truth value. Aliases are refused: a few lines of them can
 * stand for a text without end.
 */
final class YamlReader {
  private static final int MAX_DEPTH = 64;

  private final String source;
  private final int[] text;
  private final YAMLParser parser;

  private YamlReader(String source, String text, YAMLParser parser) {
    this.source = source;
    this.text = text.codePoints().toArray();
    this.parser = parser;
  }

  /**
   * Reads a text that is one mapping.
   *
   * @throws IllegalArgumentException if it is not, naming the line
   */
  static YamlNode.Mapping read(String text, String source) {
    YAMLFactory yaml =
        YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
    try (YAMLParser parser = yaml.createParser(text)) {
      YamlReader reader = new YamlReader(source, text, parser);
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw reader.wrong("there must be keys and values, such as 'architecture: 1'");
      }
      YamlNode.Mapping root = reader.mapping(0);
      if (parser.nextToken() != null) {
        throw reader.wrong("there must be one document only");
      }
      return root;
    } catch (JacksonException e) {
      throw new IllegalArgumentException(source + ", " + YamlMistake.of(e), e);
    } catch (IOException e) {
      throw new IllegalArgumentException(source + ": " + e.getMessage(), e);
    }
  }

  private YamlNode node(int depth) throws IOException {
    if (depth > MAX_DEPTH) {
      throw wrong("it nests deeper than " + MAX_DEPTH);
    }
    if (parser.isCurrentAlias()) {
      throw wrong("aliases are not supported; write the value out");
    }
    return switch (parser.currentToken()) {
      case START_OBJECT -> mapping(depth);
      case START_ARRAY -> items(depth);
      case VALUE_NULL -> throw wrong("a value is missing");
      default -> new YamlNode.Scalar(line(), parser.getText(), isQuoted());
    };
  }

  /** The parser does not say; the character where the value begins does. */
  private boolean isQuoted() {
    long start = parser.currentTokenLocation().getCharOffset();
    return start >= 0 && start < text.length && "\"'|>!&".indexOf(text[(int) start]) >= 0;
  }

  private YamlNode.Mapping mapping(int depth) throws IOException {
    int line = line();
    SequencedMap<String, YamlNode> entries = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      parser.nextToken();
      entries.put(key, node(depth + 1));
    }
    return new YamlNode.Mapping(line, entries);
  }

  private YamlNode.Items items(int depth) throws IOException {
    int line = line();
    List<YamlNode> items = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      items.add(node(depth + 1));
    }
    return new YamlNode.Items(line, items);
  }

  private int line() {
    return Math.max(1, parser.currentTokenLocation().getLineNr());
  }

  private IllegalArgumentException wrong(String what) {
    return new IllegalArgumentException("%s, line %d: %s".formatted(source, line(), what));
  }
}
