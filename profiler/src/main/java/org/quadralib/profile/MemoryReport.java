package org.quadralib.profile;

import java.util.Locale;
import java.util.function.Function;
import org.quadralib.layers.Backprop;
import org.quadralib.layers.Layer;
import org.quadralib.memory.Bytes;
import org.quadralib.memory.Category;
import org.quadralib.plan.Plan;
import org.quadralib.plan.Planner;
import org.quadralib.tensor.Shape;
import org.quadralib.train.Recipe;
import org.quadralib.train.TrainingGraph;

/**
 * What a training step will hold in memory, with each way of back-propagation. It is read off the
 * plan: nothing is allocated and nothing runs, so the report can be had for models and batches that
 * do not fit.
 *
 * @param batch examples per step
 */
public record MemoryReport(int batch, MemoryUsage autodiff, MemoryUsage hybrid, MemoryUsage block) {

  /**
   * Plans a training step once for each.
   *
   * @param example shape of one example, without the batch
   * @param recipe loss and optimizer; its own choice of back-propagation does not matter
   * @param target the backend that would run it: scratch memory depends on its kernels
   */
  public static MemoryReport of(
      Layer layer, Shape example, Recipe recipe, int batch, Planner.Target target) {
    return new MemoryReport(
        batch,
        usage(layer, example, recipe.backprop(Backprop.AUTODIFF), batch, target),
        usage(layer, example, recipe.backprop(Backprop.HYBRID), batch, target),
        usage(layer, example, recipe.backprop(Backprop.BLOCK), batch, target));
  }

  private static MemoryUsage usage(
      Layer layer, Shape example, Recipe recipe, int batch, Planner.Target target) {
    Plan plan = Planner.plan(TrainingGraph.trace(layer, example, recipe, batch).graph(), target);
    return MemoryUsage.of(plan);
  }

  /** The usage with one way of back-propagation. */
  public MemoryUsage with(Backprop backprop) {
    return switch (backprop) {
      case AUTODIFF -> autodiff;
      case HYBRID -> hybrid;
      case BLOCK -> block;
    };
  }

  /** A table with one line for each kind of memory and a column for each back-propagation. */
  public String table() {
    StringBuilder table = new StringBuilder();
    row(table, "bytes at the peak, batch " + batch, way -> way.name().toLowerCase(Locale.ROOT));
    for (Category category : Category.values()) {
      row(
          table,
          category.name().toLowerCase(Locale.ROOT),
          way -> Bytes.format(with(way).bytes(category)));
    }
    row(table, "in all", way -> Bytes.format(with(way).peakBytes()));
    row(table, "kept from forward to backward", way -> Bytes.format(with(way).savedBytes()));
    return table.toString();
  }

  private static void row(StringBuilder table, String what, Function<Backprop, String> column) {
    table.append(String.format(Locale.ROOT, "%-32s", what));
    for (Backprop way : Backprop.values()) {
      table.append(String.format(Locale.ROOT, " %12s", column.apply(way)));
    }
    table.append(System.lineSeparator());
  }
}
