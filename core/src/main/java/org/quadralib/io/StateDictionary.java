package org.quadralib.io;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Consumer;

/** Finds the state dictionary in what {@code torch.save} was given. */
final class StateDictionary {
  /** What people call it, the usual names first. */
  private static final List<String> USUAL_NAMES =
      List.of("state_dict", "model_state_dict", "net", "model", "weights", "network");

  /** What {@code DataParallel} puts before every name. */
  private static final String PARALLEL = "module.";

  private StateDictionary() {}

  /**
   * The tensors of the state dictionary by name.
   *
   * @throws FormatException if there is none, or it is not clear which
   */
  static SequencedMap<String, TorchGlobals.View> find(Source source, Object root)
      throws FormatException {
    if (!(root instanceof Map<?, ?> map)) {
      throw source.error(
          "the value",
          root instanceof TorchGlobals.View ? "it is one tensor" : "it is no dictionary",
          "save a model's state_dict()");
    }
    SequencedMap<String, SequencedMap<String, TorchGlobals.View>> inner = new LinkedHashMap<>();
    map.forEach(
        (key, value) -> {
          SequencedMap<String, TorchGlobals.View> views = viewsOf(value);
          if (!views.isEmpty()) {
            inner.put(String.valueOf(key), views);
          }
        });
    for (String name : USUAL_NAMES) {
      if (inner.containsKey(name)) {
        return withoutPrefix(inner.get(name));
      }
    }
    SequencedMap<String, TorchGlobals.View> own = viewsOf(map);
    if (!own.isEmpty()) {
      return withoutPrefix(own);
    }
    if (inner.size() == 1) {
      return withoutPrefix(inner.firstEntry().getValue());
    }
    throw source.error(
        "the dictionary",
        inner.isEmpty()
            ? "it holds no tensors"
            : "several of its entries hold tensors: " + quoted(inner.keySet()),
        "save a model's state_dict() alone");
  }

  private static String quoted(Collection<String> names) {
    return String.join(", ", names.stream().limit(10).map(Source::quote).toList());
  }

  private static SequencedMap<String, TorchGlobals.View> viewsOf(Object value) {
    SequencedMap<String, TorchGlobals.View> views = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> map) {
      map.forEach(
          (key, entry) -> {
            if (key instanceof String name && entry instanceof TorchGlobals.View view) {
              views.put(name, view);
            }
          });
    }
    return views;
  }

  private static SequencedMap<String, TorchGlobals.View> withoutPrefix(
      SequencedMap<String, TorchGlobals.View> views) {
    if (!views.keySet().stream().allMatch(name -> name.startsWith(PARALLEL))) {
      return views;
    }
    SequencedMap<String, TorchGlobals.View> renamed = new LinkedHashMap<>();
    views.forEach((name, view) -> renamed.put(name.substring(PARALLEL.length()), view));
    return renamed;
  }

  /** Calls for every tensor in a value, which may contain itself. */
  static void forEachView(Object root, Consumer<TorchGlobals.View> action) {
    Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Object> left = new ArrayDeque<>(List.of(root));
    while (!left.isEmpty()) {
      Object value = left.pop();
      if (value instanceof TorchGlobals.View view) {
        action.accept(view);
      } else if (value instanceof Map<?, ?> map && seen.add(map)) {
        left.addAll(map.values());
      } else if (value instanceof List<?> list && seen.add(list)) {
        left.addAll(list);
      }
    }
  }
}
