package org.quadralib.architecture;

import com.fasterxml.jackson.core.JacksonException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What is wrong with a text that is no YAML, in plain words. */
public final class YamlMistake {
  private static final String UNCLOSED = "found unexpected end of stream";
  private static final Pattern PLACE = Pattern.compile("line (\\d+), column (\\d+)");

  /** How the parser's sentences begin, and what they mean. */
  private static final Map<String, String> MEANINGS = new LinkedHashMap<>();

  static {
    MEANINGS.put("expected ',' or '}'", "a ',' or '}' is missing");
    MEANINGS.put("expected ',' or ']'", "a ',' or ']' is missing");
    MEANINGS.put("expected <block end>, but found '}'", "there is a '}' too many");
    MEANINGS.put("expected <block end>, but found ']'", "there is a ']' too many");
    MEANINGS.put("expected <block end>", "the indent does not fit the lines above");
    MEANINGS.put(
        "mapping values are not allowed", "there is a ':' too many, or an indent is wrong");
    MEANINGS.put("sequence entries are not allowed", "a '-' must begin a line of its own");
    MEANINGS.put("could not find expected ':'", "a ':' is missing after a key");
    MEANINGS.put(UNCLOSED, "a quote is opened here and not closed");
    MEANINGS.put("expected the node content", "a value is missing");
    MEANINGS.put("found character '\\t", "tabs do not indent; use spaces");
    MEANINGS.put("found character", "no value begins with this character; put it in quotes");
    MEANINGS.put("special characters", "there is a character that no text holds");
    MEANINGS.put("found unknown escape character", "after a \\ in quotes there is no known letter");
    MEANINGS.put("found undefined alias", "aliases are not supported; write the value out");
  }

  private YamlMistake() {}

  /**
   * The place and what is wrong there: {@code line 3, column 7: a ',' or '}' is missing}.
   *
   * @param failure of Jackson's parser of YAML
   */
  public static String of(IOException failure) {
    if (!(failure instanceof JacksonException e)) {
      return "line 1: " + failure.getMessage();
    }
    @Nullable String message = e.getOriginalMessage();
    String text = message == null ? "" : message;
    List<MatchResult> places = PLACE.matcher(text).results().toList();
    if (!places.isEmpty()) {
      // A quote that is not closed ends with the file; where it began says more.
      MatchResult place = text.contains(UNCLOSED) ? places.getFirst() : places.getLast();
      return place.group() + ": " + meaning(text);
    }
    if (e.getLocation() == null || e.getLocation().getLineNr() < 1) {
      return "line 1: " + meaning(text);
    }
    return "line %d, column %d: %s"
        .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr(), meaning(text));
  }

  /** The parser says first what it was reading and then, also at the margin, what was wrong. */
  private static String meaning(String text) {
    List<String> sentences =
        text.lines().filter(line -> !line.isBlank() && !line.startsWith(" ")).toList();
    if (sentences.isEmpty()) {
      return "this is not YAML";
    }
    String last = sentences.getLast();
    if (last.startsWith("Duplicate field ")) {
      return last.replaceFirst("Duplicate field ('.*')", "the key $1 is there twice");
    }
    return MEANINGS.entrySet().stream()
        .filter(known -> last.startsWith(known.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(last);
  }
}
