package org.quadralib.architecture;

import java.util.List;
import java.util.SequencedMap;

/** YAML as a tree in which everything knows its line; a scalar is the text as it is written. */
sealed interface YamlNode {
  /** The line it starts at, from 1. */
  int line();

  /**
   * One value.
   *
   * @param quoted whether it is a text for sure: in quotes, a block, or tagged
   */
  record Scalar(int line, String text, boolean quoted) implements YamlNode {}

  /** A list. */
  record Items(int line, List<YamlNode> items) implements YamlNode {}

  /** Values by key. */
  record Mapping(int line, SequencedMap<String, YamlNode> entries) implements YamlNode {}
}
