package org.quadralib.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.quadralib.memory.Category;
import org.quadralib.memory.TensorArena;

/**
 * Gives buffers offsets in one slab: the largest first, each at the lowest offset where it meets no
 * buffer that lives at the same time (greedy by size; Pisarchyk & Lee 2020).
 */
final class SlabLayout {
  private SlabLayout() {}

  /** A buffer that has no offset yet. */
  record Request(String name, Category category, long bytes, int birth, int death) {
    Buffer at(long offset) {
      return new Buffer(name, category, bytes, birth, death, offset);
    }
  }

  /** Buffers in the order of the requests. */
  static List<Buffer> place(List<Request> requests) {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      order.add(i);
    }
    order.sort(Comparator.comparingLong(i -> -requests.get(i).bytes()));
    Buffer[] placed = new Buffer[requests.size()];
    List<Buffer> byOffset = new ArrayList<>();
    for (int index : order) {
      Request request = requests.get(index);
      long offset = 0;
      for (Buffer other : byOffset) {
        boolean together = other.birth() <= request.death() && request.birth() <= other.death();
        if (together && offset < end(other)) {
          if (offset + request.bytes() <= other.offset()) {
            break;
          }
          offset = end(other);
        }
      }
      Buffer buffer = request.at(offset);
      placed[index] = buffer;
      int at = 0;
      while (at < byOffset.size() && byOffset.get(at).offset() <= offset) {
        at++;
      }
      byOffset.add(at, buffer);
    }
    return List.of(placed);
  }

  /** Size of the slab that holds these buffers. */
  static long size(List<Buffer> buffers) {
    return buffers.stream().mapToLong(SlabLayout::end).max().orElse(0);
  }

  private static long end(Buffer buffer) {
    long mask = TensorArena.ALIGNMENT - 1L;
    return (buffer.offset() + buffer.bytes() + mask) & ~mask;
  }
}
