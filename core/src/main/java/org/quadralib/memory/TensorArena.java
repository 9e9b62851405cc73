package org.quadralib.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.quadralib.tensor.Tensor;
import org.quadralib.tensor.TensorType;

/**
 * An owner of memory. Arenas form a tree: what a child holds counts for its parents too, and a
 * parent cannot close before its children. All the memory of an arena is freed at once, on close.
 *
 * <p>Start the JVM with {@code -Dquadralib.memory.trace=true} and errors carry the stack that
 * opened the arena concerned.
 */
public final class TensorArena implements AutoCloseable {
  /** Alignment of every allocation in bytes: a cache line, and the widest vector. */
  public static final int ALIGNMENT = 64;

  private final String name;
  private final @Nullable TensorArena parent;
  private final Set<TensorArena> children = new LinkedHashSet<>();
  private final Deque<Runnable> releases = new ArrayDeque<>();
  private final Arena arena = Arena.ofShared();
  private final Ledger ledger;
  private final @Nullable Throwable openedAt;
  private boolean closed;

  private TensorArena(String name, @Nullable TensorArena parent) {
    this.name = name;
    this.parent = parent;
    this.ledger = new Ledger(parent == null ? null : parent.ledger);
    this.openedAt =
        Boolean.getBoolean("quadralib.memory.trace")
            ? new Throwable("arena '" + name + "' was opened here")
            : null;
  }

  /** An arena without a parent. */
  public static TensorArena root(String name) {
    return new TensorArena(name, null);
  }

  /** An arena that must close before this one. */
  public synchronized TensorArena child(String childName) {
    requireOpen();
    TensorArena child = new TensorArena(childName, this);
    children.add(child);
    return child;
  }

  /** The path of names from the root, for example {@code run/model}. */
  public String name() {
    return parent == null ? name : parent.name() + "/" + name;
  }

  /** Bytes held by this arena and those below it. */
  public Ledger ledger() {
    return ledger;
  }

  /** A tensor of zeros. */
  public Tensor allocate(String owner, Category category, TensorType type) {
    return new Tensor(type, allocate(owner, Map.of(category, type.bytes())));
  }

  /**
   * Zeroed memory that serves several categories at once, as the slab of a plan does.
   *
   * @param bytes size by category; the segment has the sum of them
   * @throws MemoryLimitException if the machine cannot give that much
   */
  public synchronized MemorySegment allocate(String owner, Map<Category, Long> bytes) {
    requireOpen();
    long total = bytes.values().stream().mapToLong(Long::longValue).sum();
    requireAvailable(owner, total);
    MemorySegment segment;
    try {
      segment = arena.allocate(total, ALIGNMENT);
    } catch (OutOfMemoryError e) { // the address space or a limit of the process is exhausted
      throw new MemoryLimitException(owner, total, SystemMemory.availableBytes());
    }
    ledger.charge(bytes, 1);
    return segment;
  }

  /**
   * Heap floats for a kernel's panels. They live on the heap, where the JIT compiles better code
   * for them, but they count like everything else.
   */
  public synchronized float[] allocateHeap(String owner, int floats) {
    requireOpen();
    requireAvailable(owner, (long) floats * Float.BYTES);
    float[] panel = new float[floats];
    ledger.charge(Map.of(Category.WORKSPACE, (long) floats * Float.BYTES), 1);
    return panel;
  }

  /**
   * Takes charge of memory that lies elsewhere, on a device for example: it counts here until the
   * arena closes.
   *
   * @param release frees it; called once, when the arena closes
   */
  public synchronized void adopt(String owner, Map<Category, Long> bytes, Runnable release) {
    requireOpen();
    releases.addFirst(release);
    ledger.charge(bytes, 1);
  }

  /**
   * Frees everything the arena holds.
   *
   * @throws ArenaException if it is closed already or a child is still open
   */
  @Override
  public synchronized void close() {
    requireOpen();
    if (!children.isEmpty()) {
      String names = children.stream().map(TensorArena::name).collect(Collectors.joining(", "));
      TensorArena first = children.iterator().next();
      throw new ArenaException(
          "arena '%s' cannot close while these are open: %s".formatted(name(), names),
          first.openedAt);
    }
    closed = true;
    releases.forEach(Runnable::run);
    arena.close();
    ledger.charge(ledger.current(), -1);
    if (parent != null) {
      parent.forget(this);
    }
  }

  private synchronized void forget(TensorArena child) {
    children.remove(child);
  }

  private void requireOpen() {
    if (closed) {
      throw new ArenaException("arena '" + name() + "' is closed already", openedAt);
    }
  }

  // The kernel would otherwise promise the pages and kill the process when they are touched.
  private static void requireAvailable(String owner, long bytes) {
    if (bytes > (64 << 20)) {
      long available = SystemMemory.availableBytes();
      if (bytes > available) {
        throw new MemoryLimitException(owner, bytes, available);
      }
    }
  }

  @Override
  public String toString() {
    return "TensorArena " + name();
  }
}
