package org.quadralib.profile;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quadralib.graph.Node;
import org.quadralib.graph.Phase;
import org.quadralib.graph.Value;
import org.quadralib.memory.Category;
import org.quadralib.plan.Buffer;
import org.quadralib.plan.Placement;
import org.quadralib.plan.Plan;
import org.quadralib.tensor.Shape;

/**
 * What is alive during each operation of a step, by category, as its plan says. What outlives the
 * step (parameters, optimizer state) and the kernels' panels is alive throughout.
 *
 * @param moments one for each operation, in their order
 * @param peak index of the moment with the most live bytes
 * @param atPeak everything alive then, the largest first
 * @param gapBytes how much more than the live bytes at the peak the plan holds: gaps between
 *     buffers
 */
public record Timeline(List<Moment> moments, int peak, List<Live> atPeak, long gapBytes) {
  /** Copies the lists. */
  public Timeline {
    moments = List.copyOf(moments);
    atPeak = List.copyOf(atPeak);
  }

  /**
   * One operation.
   *
   * @param position in the plan, from 1
   * @param layer path of the layer it belongs to
   * @param live bytes by category while it runs
   */
  public record Moment(
      int position, String operation, String layer, Phase phase, Map<Category, Long> live) {
    /** Copies the map. */
    public Moment {
      live = Collections.unmodifiableMap(new EnumMap<>(live));
    }

    /** Live bytes in all. */
    public long liveBytes() {
      return live.values().stream().mapToLong(bytes -> bytes).sum();
    }
  }

  /**
   * Something that is alive.
   *
   * @param shape null for scratch memory
   * @param birth position of the operation that first writes it; 0 if it is there before the step
   * @param death position of the operation that last reads it
   */
  public record Live(
      String name, @Nullable Shape shape, Category category, long bytes, int birth, int death) {}

  /** Reads a plan. */
  public static Timeline of(Plan plan) {
    int count = plan.graph().nodes().size();
    long[][] live = new long[Category.values().length][count + 2];
    for (Buffer buffer : plan.buffers()) {
      long[] bytes = live[buffer.category().ordinal()];
      // Inputs are there before the first operation, outputs after the last.
      bytes[Math.max(1, buffer.birth())] += buffer.bytes();
      bytes[Math.min(count, buffer.death()) + 1] -= buffer.bytes();
    }
    Map<Category, Long> now = always(plan);
    List<Moment> moments = new ArrayList<>();
    int peak = 0;
    for (int position = 1; position <= count; position++) {
      for (Category category : Category.values()) {
        long change = live[category.ordinal()][position];
        if (change != 0) {
          now.merge(category, change, Long::sum);
        }
      }
      Node node = plan.graph().nodes().get(position - 1);
      moments.add(new Moment(position, node.op().name(), node.scope(), node.phase(), now));
      if (moments.getLast().liveBytes() > moments.get(peak).liveBytes()) {
        peak = position - 1;
      }
    }
    long most = moments.isEmpty() ? 0 : moments.get(peak).liveBytes();
    return new Timeline(moments, peak, alive(plan, peak + 1), plan.peakBytes() - most);
  }

  /** What is held whether a step runs or not. */
  private static Map<Category, Long> always(Plan plan) {
    Map<Category, Long> bytes = new EnumMap<>(Category.class);
    for (Value state : plan.graph().states()) {
      bytes.merge(state.category(), state.type().bytes(), Long::sum);
    }
    bytes.merge(Category.WORKSPACE, plan.panelBytes(), Long::sum);
    return bytes;
  }

  private static List<Live> alive(Plan plan, int position) {
    Map<String, Shape> shapes = new HashMap<>();
    plan.placements().forEach((value, placement) -> shapes.put(value.name(), value.shape()));
    int end = plan.graph().nodes().size() + 1;
    List<Live> alive = new ArrayList<>();
    for (Value state : plan.graph().states()) {
      alive.add(
          new Live(state.name(), state.shape(), state.category(), state.type().bytes(), 0, end));
    }
    for (Buffer b : plan.buffers()) {
      if (b.isLiveAt(position)) {
        alive.add(
            new Live(
                b.name(), shapes.get(b.name()), b.category(), b.bytes(), b.birth(), b.death()));
      }
    }
    if (plan.panelBytes() > 0) {
      alive.add(new Live("kernel panels", null, Category.WORKSPACE, plan.panelBytes(), 0, end));
    }
    alive.sort(Comparator.comparingLong(Live::bytes).reversed().thenComparing(Live::name));
    return alive;
  }

  /** Path of the layer whose operation first wrote each buffer of the slab. */
  static Map<Buffer, String> owners(Plan plan) {
    Map<Buffer, String> owners = new HashMap<>();
    for (int i = 0; i < plan.graph().nodes().size(); i++) {
      Node node = plan.graph().nodes().get(i);
      for (Value output : node.outputs()) {
        if (plan.placements().get(output) instanceof Placement.InSlab(Buffer buffer)) {
          owners.putIfAbsent(buffer, node.scope());
        }
      }
    }
    return owners;
  }
}
