package org.quadralib.budget;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quadralib.layers.Backprop;
import org.quadralib.memory.Bytes;
import org.quadralib.plan.Plan;

/**
 * Chooses for each layer how to be differentiated, so that a training step fits a budget of memory
 * at the least predicted time. Times are measured costs of each layer, added up; memory is what the
 * planner plans.
 *
 * <p>What is exact: every choice that is returned was planned as a whole, so its peak is what the
 * arenas will hold, to the byte. For each bound on the bytes that are live at once the fastest
 * choice is found exactly, by dynamic programming ({@link StepModel}). Walking the bound down, in
 * steps of at most 1/{@value #POINTS} of its range, gives the curve of time against memory; the
 * first point of the curve whose plan fits is the answer. The curve does not depend on the budget,
 * so more memory never gives a slower choice.
 *
 * <p>What is bounded: a slab is never smaller than what is live in it, so no choice that fits is
 * faster than the fastest whose live bytes fit. That time is {@link Chosen#leastNanos()}; where it
 * equals {@link Chosen#nanos()} the choice is optimal, and otherwise the difference is the price of
 * gaps between buffers and of the steps of the curve.
 *
 * <p>With the same costs the choice is always the same. Not thread-safe.
 */
public final class QuadraticOptimizer {
  /** Points of the curve at most, but for the last. */
  static final int POINTS = 128;

  private final Steps steps;
  private final int batch;
  private final LayerCosts costs;
  private final Segments segments;
  private final StepModel model;
  private final long fixedBytes;
  private final List<Candidate> curve = new ArrayList<>();

  /** A point of the curve; its exact peak once it was asked for. */
  private static final class Candidate {
    final BackpropChoice choice;
    final long liveBytes;
    long peakBytes = -1;

    Candidate(BackpropChoice choice, long liveBytes) {
      this.choice = choice;
      this.liveBytes = liveBytes;
    }
  }

  /**
   * A choice that fits.
   *
   * @param nanos predicted for a step
   * @param peakBytes planned
   * @param leastNanos no choice that fits can be predicted to take less
   */
  public record Chosen(BackpropChoice choice, double nanos, long peakBytes, double leastNanos) {}

  /** Plans the step once for each way and walks the curve; nothing runs. */
  public QuadraticOptimizer(Steps steps, int batch, LayerCosts costs) {
    this.steps = steps;
    this.batch = batch;
    this.costs = costs;
    this.segments = steps.segments();
    Map<Backprop, Plan> plans = new EnumMap<>(Backprop.class);
    for (Backprop way : Backprop.values()) {
      plans.put(way, steps.plan(batch, segments.uniform(way)));
    }
    this.model = new StepModel(segments, plans, costs);
    this.fixedBytes =
        plans.values().stream().mapToLong(p -> p.peakBytes() - p.slabBytes()).min().orElse(0);
    walk();
  }

  /**
   * Refuses a budget that is smaller than what every choice keeps alive, without measuring: what
   * passes may still be a little too small for the gaps in a slab.
   *
   * @param budget bytes
   * @throws BudgetException if no choice can fit, saying the least that would do
   */
  public static void requirePossible(Steps steps, int batch, long budget) {
    QuadraticOptimizer any =
        new QuadraticOptimizer(steps, batch, LayerCosts.none(steps.segments()));
    long live = any.curve.stream().mapToLong(candidate -> candidate.liveBytes).min().orElseThrow();
    if (any.fixedBytes + live > budget) {
      throw any.tooSmall(budget);
    }
  }

  private void walk() {
    BackpropChoice fastest = model.fastest(Long.MAX_VALUE / 2);
    if (fastest == null) {
      throw new IllegalStateException("a step without a bound has a choice");
    }
    long most = model.liveBytes(fastest);
    long least = least(most);
    long step = Math.max(1, (most - least) / POINTS);
    @Nullable BackpropChoice choice = fastest;
    while (choice != null) {
      long live = model.liveBytes(choice);
      curve.add(new Candidate(choice, live));
      long bound = live == least ? live - 1 : Math.max(least, live - step);
      choice = model.fastest(bound);
    }
    // The plan of whole blocks may have smaller gaps than that of the fewest live bytes.
    BackpropChoice block = segments.uniform(Backprop.BLOCK);
    curve.add(new Candidate(block, model.liveBytes(block)));
    curve.sort(Comparator.comparingDouble(candidate -> costs.nanos(candidate.choice)));
  }

  /** The fewest live bytes that any choice has. */
  private long least(long enough) {
    long low = 0;
    long high = enough;
    while (low < high) {
      long middle = low + (high - low) / 2;
      if (model.fastest(middle) == null) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return high;
  }

  /**
   * The choice for a budget.
   *
   * @param budget bytes a step may hold: parameters, optimizer state, slab and panels
   * @throws BudgetException if no choice fits, saying the least that would do
   */
  public Chosen within(long budget) {
    for (Candidate candidate : curve) {
      if (fixedBytes + candidate.liveBytes <= budget && peak(candidate) <= budget) {
        BackpropChoice bound = model.fastest(budget - fixedBytes);
        double least = bound == null ? costs.nanos(candidate.choice) : costs.nanos(bound);
        return new Chosen(
            candidate.choice, costs.nanos(candidate.choice), candidate.peakBytes, least);
      }
    }
    throw tooSmall(budget);
  }

  private BudgetException tooSmall(long budget) {
    return new BudgetException(
        "a training step with a batch of %d needs at least %s, more than the budget of %s;"
                .formatted(batch, Bytes.exact(leastBytes()), Bytes.exact(budget))
            + " give it more memory or take a smaller batch",
        leastBytes());
  }

  /** The smallest budget for which there is a choice. */
  public long leastBytes() {
    long least = Long.MAX_VALUE;
    for (Candidate candidate : curve.reversed()) { // the last need the least, or nearly
      if (fixedBytes + candidate.liveBytes < least) {
        least = Math.min(least, peak(candidate));
      }
    }
    return least;
  }

  /** The budget above which more memory changes nothing. */
  public long mostBytes() {
    return peak(curve.getFirst());
  }

  /** Predicted nanoseconds of a step with a choice. */
  public double nanos(BackpropChoice choice) {
    return costs.nanos(choice);
  }

  /** The whole curve, the fastest first; every point of it is planned. */
  public List<Chosen> curve() {
    List<Chosen> points = new ArrayList<>();
    for (Candidate candidate : curve) {
      double nanos = costs.nanos(candidate.choice);
      points.add(new Chosen(candidate.choice, nanos, peak(candidate), nanos));
    }
    return Collections.unmodifiableList(points);
  }

  private long peak(Candidate candidate) {
    if (candidate.peakBytes < 0) {
      candidate.peakBytes = steps.plan(batch, candidate.choice).peakBytes();
    }
    return candidate.peakBytes;
  }
}
