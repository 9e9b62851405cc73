package org.quadralib.samples;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.quadralib.architecture.YamlMistake;
import org.quadralib.names.Suggestions;

/**
 * A YAML file of options: {@code name: value}, one a line, with the names of the flags. Values are
 * taken as they are written, so that {@code 5e-4} is the number that the flag would make of it, and
 * not, as in YAML, a string. The published library's keys and its whole configurations are taken
 * too, see {@link PublishedConfig}.
 */
final class ConfigFile {
  private ConfigFile() {}

  /**
   * A value and where it stands.
   *
   * @param place file and line, for errors
   */
  record Entry(String value, String place) {
    /** Another value that stands at the same place. */
    Entry with(String other) {
      return new Entry(other, place);
    }
  }

  /**
   * Reads a file.
   *
   * @param known names allowed in it, without dashes
   * @throws IllegalArgumentException if it is not such a file, naming the line
   */
  static Map<String, Entry> read(Path file, Set<String> known) throws IOException {
    YAMLFactory yaml =
        YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
    Map<String, Entry> entries = new LinkedHashMap<>();
    try (Reader reader = Files.newBufferedReader(file);
        JsonParser parser = yaml.createParser(reader)) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        return entries;
      }
      if (first != JsonToken.START_OBJECT) {
        throw wrong(place(file, parser), "write one option a line, such as 'epochs: 20'");
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        String place = place(file, parser);
        parser.nextToken();
        if (name.equals("augmentation") && parser.currentToken() == JsonToken.START_OBJECT) {
          while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String inner = name + "." + parser.currentName();
            String innerPlace = place(file, parser);
            parser.nextToken();
            entries.put(inner, entry(parser, inner, innerPlace));
          }
        } else {
          if (!known.contains(name) && parser.currentToken() == JsonToken.VALUE_NULL) {
            throw unknown(name, place, known);
          }
          entries.put(name, entry(parser, name, place));
        }
      }
      return PublishedConfig.isIt(entries.keySet())
          ? PublishedConfig.translate(entries, known)
          : options(entries, known);
    } catch (JacksonException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof CharacterCodingException) {
          throw wrong(file.toString(), "this is not text in UTF-8; write one option a line");
        }
      }
      throw new IllegalArgumentException(file + ", " + YamlMistake.of(e), e);
    }
  }

  /** Options by their names, or by those that the published library has for them. */
  private static Map<String, Entry> options(Map<String, Entry> entries, Set<String> known) {
    Map<String, Entry> options = new LinkedHashMap<>();
    entries.forEach(
        (key, entry) -> {
          String name = known.contains(key) ? key : PublishedConfig.option(key);
          if (!known.contains(name)) {
            throw unknown(key, entry.place(), known);
          }
          putOnce(options, name, key, entry);
        });
    return options;
  }

  /** Adds an option unless another key said it already. */
  static void putOnce(Map<String, Entry> options, String name, String key, Entry entry) {
    if (options.put(name, entry) != null) {
      throw wrong(
          entry.place(),
          "the option '%s' is there twice%s"
              .formatted(name, key.equals(name) ? "" : ", here as '" + key + "'"));
    }
  }

  private static Entry entry(JsonParser parser, String name, String place) throws IOException {
    if (!parser.currentToken().isScalarValue() || parser.currentToken() == JsonToken.VALUE_NULL) {
      throw wrong(place, "option '" + name + "' needs one value");
    }
    return new Entry(parser.getText(), place);
  }

  private static IllegalArgumentException unknown(String name, String place, Set<String> known) {
    return wrong(
        place, "there is no option '%s'%s".formatted(name, Suggestions.didYouMean(name, known)));
  }

  private static String place(Path file, JsonParser parser) {
    return file + ", line " + parser.currentTokenLocation().getLineNr();
  }

  private static IllegalArgumentException wrong(String place, String what) {
    return new IllegalArgumentException(place + ": " + what);
  }
}
