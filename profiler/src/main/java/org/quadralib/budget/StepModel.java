package org.quadralib.budget;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quadralib.graph.Node;
import org.quadralib.graph.Value;
import org.quadralib.layers.Backprop;
import org.quadralib.plan.Buffer;
import org.quadralib.plan.Placement;
import org.quadralib.plan.Plan;

/**
 * How many bytes of the slab are live at most, as a function of the choice of each layer. While
 * segment {@code k} runs, forward or backward, live are its own buffers, those that pass by
 * whatever is chosen, and what the segments before it keep: {@code live(k) = own(k, cₖ) + Σ_{j<k}
 * kept(j, cⱼ)}. Both terms are read off one plan for each way. That is what plans hold, to the
 * byte, for networks whose segments keep only what they have computed themselves (a test compares);
 * a slab may be larger, for gaps between buffers.
 */
final class StepModel {
  private final Segments segments;
  private final LayerCosts costs;
  private final List<Map<Backprop, Long>> own = new ArrayList<>();
  private final List<Map<Backprop, Long>> kept = new ArrayList<>();

  /**
   * Reads plans.
   *
   * @param plans one for each way, taken by all layers
   */
  StepModel(Segments segments, Map<Backprop, Plan> plans, LayerCosts costs) {
    this.segments = segments;
    this.costs = costs;
    for (int k = 0; k < segments.count(); k++) {
      own.add(new EnumMap<>(Backprop.class));
      kept.add(new EnumMap<>(Backprop.class));
    }
    plans.forEach(this::read);
  }

  private void read(Backprop way, Plan plan) {
    List<Node> nodes = plan.graph().nodes();
    Map<Buffer, Integer> owners = new IdentityHashMap<>();
    for (Node node : nodes) {
      for (Value output : node.outputs()) {
        if (plan.placements().get(output) instanceof Placement.InSlab(Buffer buffer)) {
          owners.putIfAbsent(buffer, segments.of(node));
        }
      }
    }
    long[] keeps = new long[segments.count()];
    for (Buffer buffer : plan.saved()) {
      if (owners.get(buffer) instanceof Integer owner) { // else it is an input
        keeps[owner] += buffer.bytes();
      }
    }
    long[] change = new long[nodes.size() + 2];
    for (Buffer buffer : plan.buffers()) {
      change[Math.max(1, buffer.birth())] += buffer.bytes();
      change[Math.min(nodes.size(), buffer.death()) + 1] -= buffer.bytes();
    }
    long[] most = new long[segments.count()];
    long live = 0;
    for (int position = 1; position <= nodes.size(); position++) {
      live += change[position];
      int segment = segments.of(nodes.get(position - 1));
      most[segment] = Math.max(most[segment], live);
    }
    long before = 0;
    for (int k = 0; k < segments.count(); k++) {
      own.get(k).put(way, most[k] - before);
      kept.get(k).put(way, keeps[k]);
      before += keeps[k];
    }
  }

  /** Bytes live at most with a choice. */
  long liveBytes(BackpropChoice choice) {
    long before = 0;
    long most = 0;
    for (int k = 0; k < segments.count(); k++) {
      Backprop way = choice.apply(segments.paths().get(k));
      most = Math.max(most, before + bytes(own, k, way));
      before += bytes(kept, k, way);
    }
    return most;
  }

  private static long bytes(List<Map<Backprop, Long>> table, int segment, Backprop way) {
    return table.get(segment).getOrDefault(way, 0L);
  }

  /** A choice for the first segments. */
  private record Prefix(
      long kept, double nanos, @Nullable Prefix before, Backprop way, int segment) {}

  /**
   * The choice of the least time among those with at most so many live bytes; null if there is
   * none. Exact, by dynamic programming over the segments: of prefixes that keep no less and take
   * no less time than another none can be part of a better choice.
   */
  @Nullable BackpropChoice fastest(long bytes) {
    List<Prefix> front = List.of(new Prefix(0, 0, null, Backprop.AUTODIFF, -1));
    for (int k = 0; k < segments.count(); k++) {
      List<Prefix> longer = new ArrayList<>();
      for (Prefix prefix : front) {
        for (Backprop way : segments.ways().get(k)) {
          if (prefix.kept() + bytes(own, k, way) <= bytes) {
            double nanos = prefix.nanos() + nanos(k, way);
            longer.add(new Prefix(prefix.kept() + bytes(kept, k, way), nanos, prefix, way, k));
          }
        }
      }
      front = undominated(longer);
    }
    return front.stream()
        .min(Comparator.comparingDouble(Prefix::nanos))
        .map(this::choice)
        .orElse(null);
  }

  private double nanos(int segment, Backprop way) {
    Map<Backprop, Double> ofLayer = costs.nanos().get(segments.paths().get(segment));
    return ofLayer == null ? 0 : ofLayer.getOrDefault(way, 0.0);
  }

  private static List<Prefix> undominated(List<Prefix> prefixes) {
    prefixes.sort(Comparator.comparingLong(Prefix::kept).thenComparingDouble(Prefix::nanos));
    List<Prefix> front = new ArrayList<>();
    for (Prefix prefix : prefixes) {
      if (front.isEmpty() || prefix.nanos() < front.getLast().nanos()) {
        front.add(prefix);
      }
    }
    return front;
  }

  private BackpropChoice choice(Prefix last) {
    List<Prefix> path = new ArrayList<>();
    for (Prefix prefix = last; prefix != null && prefix.segment() > 0; prefix = prefix.before()) {
      path.addFirst(prefix);
    }
    Map<String, Backprop> layers = new LinkedHashMap<>();
    path.forEach(prefix -> layers.put(segments.paths().get(prefix.segment()), prefix.way()));
    return new BackpropChoice(layers);
  }
}
