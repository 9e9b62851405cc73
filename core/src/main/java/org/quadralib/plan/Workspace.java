package org.quadralib.plan;

import java.util.ArrayList;
import java.util.List;

/**
 * Scratch memory a kernel asks for.
 *
 * @param bytes in the slab, only while the kernel runs
 * @param panels lengths of {@code float[]} on the heap; kernels run one after another and share
 *     them
 */
public record Workspace(long bytes, List<Integer> panels) {
  /** No scratch memory. */
  public static final Workspace NONE = new Workspace(0, List.of());

  /** Copies the list. */
  public Workspace {
    panels = List.copyOf(panels);
  }

  /** Panels that serve both. */
  List<Integer> panelsFor(List<Integer> others) {
    List<Integer> longest = new ArrayList<>(panels);
    for (int i = 0; i < others.size(); i++) {
      if (i < longest.size()) {
        longest.set(i, Math.max(longest.get(i), others.get(i)));
      } else {
        longest.add(others.get(i));
      }
    }
    return longest;
  }
}
