package org.quadralib.memory;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Bytes held now and at most so far, by category. Thread-safe. */
public final class Ledger {
  private final @Nullable Ledger parent;
  private final long[] current = new long[Category.values().length];
  private long total;
  private long peak;

  Ledger(@Nullable Ledger parent) {
    this.parent = parent;
  }

  void charge(Map<Category, Long> bytes, int sign) {
    synchronized (this) {
      bytes.forEach(
          (category, amount) -> {
            current[category.ordinal()] += sign * amount;
            total += sign * amount;
          });
      peak = Math.max(peak, total);
    }
    if (parent != null) {
      parent.charge(bytes, sign);
    }
  }

  /** Bytes held now in one category. */
  public synchronized long current(Category category) {
    return current[category.ordinal()];
  }

  /** Bytes held now in every category that holds any. */
  public synchronized Map<Category, Long> current() {
    Map<Category, Long> held = new EnumMap<>(Category.class);
    for (Category category : Category.values()) {
      if (current[category.ordinal()] != 0) {
        held.put(category, current[category.ordinal()]);
      }
    }
    return held;
  }

  /** Bytes held now in all. */
  public synchronized long total() {
    return total;
  }

  /** Largest {@link #total()} so far. */
  public synchronized long peak() {
    return peak;
  }
}
