package org.quadralib.tornado;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.quadralib.graph.Value;
import org.quadralib.memory.Category;
import org.quadralib.plan.Buffer;
import org.quadralib.plan.Placement;
import org.quadralib.plan.Plan;

/**
 * What device memory holds, byte by byte: a header, a copy of every state, the slab, and beside
 * them the program and the inputs on their way. All of it is in the plan, which therefore says how
 * much memory the device gives.
 */
final class DeviceLayout {
  /** Room for the array header of TornadoVM and for the count of launches. */
  static final int HEADER = 64;

  private static final String HEADER_NAME = "device header";
  private static final String BESIDE_NAME = "program and inputs on their way";

  /** Up to here sizes are powers of two, beyond it multiples: plans of one size share kernels. */
  private static final long PAGE = 1 << 20;

  private static final long SMALLEST = 1 << 14;

  /** Elements are counted with an int. */
  static final long MOST_BYTES = 4L * (Integer.MAX_VALUE - (1 << 20));

  private final Plan plan;
  private final Map<String, Long> states;

  private DeviceLayout(Plan plan, Map<String, Long> states) {
    this.plan = plan;
    this.states = states;
  }

  /**
   * Moves the slab of a plan behind the header and the states, and adds what the device holds
   * beside it.
   *
   * @param threads of a launch
   */
  static Plan extend(Plan plan, int threads) {
    List<Value> states = plan.graph().states();
    Map<String, Long> offsets = offsets(states);
    int end = plan.graph().nodes().size() + 1;
    List<Buffer> buffers = new ArrayList<>();
    buffers.add(new Buffer(HEADER_NAME, Category.WORKSPACE, HEADER, 0, end, 0));
    for (Value state : states) {
      long offset = requireNonNull(offsets.get(state.name()));
      String name = state.name() + " on the device";
      buffers.add(new Buffer(name, state.category(), state.type().bytes(), 0, end, offset));
    }
    long start = end(states, offsets);
    Map<Buffer, Buffer> moved = new HashMap<>();
    for (Buffer buffer : plan.buffers()) {
      moved.put(buffer, moved(buffer, start));
      buffers.add(moved(buffer, start));
    }
    Map<Value, Placement> placements = new HashMap<>();
    plan.placements()
        .forEach(
            (value, placement) ->
                placements.put(
                    value,
                    placement instanceof Placement.InSlab(Buffer buffer)
                        ? new Placement.InSlab(moved(buffer, start))
                        : placement));
    List<Optional<Buffer>> workspaces =
        plan.workspaces().stream().map(w -> w.map(buffer -> moved(buffer, start))).toList();
    long memory = rounded(start + plan.slabBytes());
    long beside = besideBytes(plan, memory, threads);
    buffers.add(new Buffer(BESIDE_NAME, Category.WORKSPACE, beside, 0, end, memory));
    return new Plan(plan.graph(), placements, buffers, workspaces, plan.panels(), memory + beside);
  }

  /** The length of a program does not depend on where its operands are. */
  private static long besideBytes(Plan plan, long memory, int threads) {
    List<Launch> launches =
        plan.graph().nodes().stream()
            .flatMap(node -> Launches.of(node, _ -> 0, _ -> 0, 0, threads).stream())
            .toList();
    return Capacity.of(memory, Program.of(launches), Staging.of(plan.graph())).besideBytes();
  }

  /**
   * The layout of a plan.
   *
   * @throws IllegalArgumentException if the plan was made for another backend
   */
  static DeviceLayout of(Plan plan) {
    if (plan.buffers().isEmpty() || !plan.buffers().getFirst().name().equals(HEADER_NAME)) {
      throw new IllegalArgumentException(
          "the plan was not made for a device; make it with the plan method of its backend");
    }
    return new DeviceLayout(plan, offsets(plan.graph().states()));
  }

  /** Where a value begins, in bytes. */
  long offset(Value value) {
    return switch (requireNonNull(plan.placements().get(value))) {
      case Placement.InSlab(Buffer buffer) -> buffer.offset();
      case Placement.InState(String name) -> stateOffset(name);
    };
  }

  /** Where the copy of a state begins, in bytes. */
  long stateOffset(String name) {
    return requireNonNull(states.get(name), name);
  }

  /** Bytes of header, states and slab, which are one piece. */
  long bytes() {
    return bytes(plan);
  }

  /** The same for a plan that was extended. */
  static long bytes(Plan plan) {
    return plan.buffers().getLast().offset();
  }

  private static Buffer moved(Buffer b, long by) {
    return new Buffer(b.name(), b.category(), b.bytes(), b.birth(), b.death(), b.offset() + by);
  }

  private static Map<String, Long> offsets(List<Value> states) {
    Map<String, Long> offsets = new LinkedHashMap<>();
    long offset = HEADER;
    for (Value state : states) {
      offsets.put(state.name(), offset);
      offset = aligned(offset + state.type().bytes());
    }
    return offsets;
  }

  private static long end(List<Value> states, Map<String, Long> offsets) {
    if (states.isEmpty()) {
      return HEADER;
    }
    Value last = states.getLast();
    return aligned(requireNonNull(offsets.get(last.name())) + last.type().bytes());
  }

  private static long aligned(long bytes) {
    return (bytes + 63) & ~63L;
  }

  static long rounded(long bytes) {
    if (bytes > PAGE) {
      return (bytes + PAGE - 1) / PAGE * PAGE;
    }
    return Math.max(SMALLEST, Long.highestOneBit(2 * bytes - 1));
  }
}
