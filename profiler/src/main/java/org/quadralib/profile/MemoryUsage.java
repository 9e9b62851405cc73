package org.quadralib.profile;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import org.quadralib.memory.Category;
import org.quadralib.plan.Plan;

/**
 * Memory of one planned step.
 *
 * @param savedBytes kept from the forward for the backward pass
 * @param slabBytes size of the slab that all values with a short life share
 * @param peakBytes everything held at once: state, slab and the kernels' panels
 * @param byCategory what the peak consists of; the values add up to {@code peakBytes}
 */
public record MemoryUsage(
    long savedBytes, long slabBytes, long peakBytes, Map<Category, Long> byCategory) {

  /** Copies the map. */
  public MemoryUsage {
    byCategory = Collections.unmodifiableMap(new EnumMap<>(byCategory));
  }

  /** Reads a plan. */
  public static MemoryUsage of(Plan plan) {
    Map<Category, Long> bytes = new EnumMap<>(Category.class);
    bytes.putAll(plan.slabByCategory());
    for (Category state : new Category[] {Category.PARAMETER, Category.OPTIMIZER}) {
      bytes.merge(state, plan.stateBytes(state), Long::sum);
    }
    bytes.merge(Category.WORKSPACE, plan.panelBytes(), Long::sum);
    return new MemoryUsage(plan.savedBytes(), plan.slabBytes(), plan.peakBytes(), bytes);
  }

  /** Bytes of one category at the peak. */
  public long bytes(Category category) {
    return byCategory.getOrDefault(category, 0L);
  }
}
