package org.quadralib.samples;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What goes on when a run is resumed.
 *
 * @param manifest as the run has it so far
 * @param changed options that differ from those of the run so far, and may
 */
record Resumption(ObjectNode manifest, Map<String, String> changed) {
  /** How a run shows its results is a matter of each call. */
  static final Set<String> OF_THE_CALL = Set.of("out", "quiet", "json", "report");

  /** Results do not depend on them, or the run has not come so far as to depend on them. */
  private static final Set<String> MAY_CHANGE =
      Set.of("threads", "data-dir", "patience", "tensorboard");

  /**
   * Compares the options of a run with those it is to go on with.
   *
   * @param recorded all options of the run so far
   * @param now all options
   * @throws IllegalArgumentException if one differs that makes the run another, naming each
   */
  static Resumption of(
      RunFolder folder,
      ObjectNode manifest,
      Map<String, String> recorded,
      Map<String, String> now) {
    Map<String, String> changed = new TreeMap<>();
    List<String> refused = new ArrayList<>();
    now.forEach(
        (name, value) -> {
          @Nullable String before = recorded.get(name);
          if (OF_THE_CALL.contains(name) || isSame(name, before, value)) {
            return;
          }
          if (mayChange(name, now)) {
            changed.put(name, value);
          } else {
            refused.add(
                "--%s was %s, now %s"
                    .formatted(name, before == null ? "not given" : before, value));
          }
        });
    if (!refused.isEmpty()) {
      throw new IllegalArgumentException(
          "%s cannot go on with other options: %s; leave %s out, or start a new run"
              .formatted(
                  folder.path(), String.join("; ", refused), refused.size() > 1 ? "them" : "it"));
    }
    return new Resumption(manifest, new LinkedHashMap<>(changed));
  }

  private static boolean isSame(String name, @Nullable String before, String now) {
    if (name.equals("backend") && now.equals("auto")) {
      return true; // if that is another backend here, the trainer says so
    }
    return before != null && OptionLayers.isSame(name, before, now);
  }

  private static boolean mayChange(String name, Map<String, String> options) {
    return MAY_CHANGE.contains(name)
        // Other schedules depend on the length of the run.
        || (name.equals("epochs") && "constant".equals(options.get("schedule")));
  }
}
