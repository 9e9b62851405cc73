package org.quadralib.plan;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.quadralib.graph.Graph;
import org.quadralib.graph.Node;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.Composite;
import org.quadralib.graph.op.Reshape;
import org.quadralib.graph.op.StateUpdate;
import org.quadralib.lowering.Fusion;
import org.quadralib.lowering.Lowering;
import org.quadralib.lowering.Pruning;
import org.quadralib.memory.Category;
import org.quadralib.memory.MemoryLimitException;
import org.quadralib.memory.SystemMemory;
import org.quadralib.plan.SlabLayout.Request;
import org.quadralib.tensor.ShapeException;

/**
 * Decides the memory of a computation before it runs: how long each value lives, which results take
 * over the memory of an operand, and where in one slab everything lies.
 */
public final class Planner {
  /** What the planner must know of the backend that will run the plan. */
  public interface Target {
    /** Whether it runs a composite as one kernel. */
    boolean fuses(Composite op);

    /** Scratch memory it needs for a node. */
    Workspace workspace(Node node);
  }

  /** Values that share memory, and for how long. */
  private static final class Sharing {
    final String name;
    final Category category;
    final long bytes;
    final int birth;
    int death;

    Sharing(Value value, Category category, int birth) {
      this.name = value.name();
      this.category = category;
      this.bytes = value.type().bytes();
      this.birth = birth;
      this.death = birth;
    }
  }

  private final Graph graph;
  private final Target target;
  private final int end;
  private final Map<Value, Integer> lastUse = new HashMap<>();
  private final Map<Value, Sharing> inSlab = new IdentityHashMap<>();
  private final Map<Value, String> inState = new IdentityHashMap<>();
  private final List<Sharing> sharings = new ArrayList<>();

  private Planner(Graph graph, Target target) {
    this.graph = graph;
    this.target = target;
    this.end = graph.nodes().size() + 1;
  }

  /** Lowers and prunes a graph for a backend and lays out its memory. */
  public static Plan plan(Graph graph, Target target) {
    Graph lowered = Pruning.prune(Lowering.lower(Pruning.prune(graph), target::fuses));
    return new Planner(Fusion.fuse(lowered, target::fuses), target).plan();
  }

  private Plan plan() {
    findLastUses();
    for (Value input : graph.inputs()) {
      // Feeds stay intact until the end, so that a plan can run again on the same input.
      join(input, open(input, Category.INPUT, 0), end);
    }
    graph.states().forEach(state -> inState.put(state, state.name()));
    for (int i = 0; i < graph.nodes().size(); i++) {
      place(graph.nodes().get(i), i + 1);
    }
    rejectReadsAfterUpdate();
    return layOut();
  }

  private void findLastUses() {
    for (int i = 0; i < graph.nodes().size(); i++) {
      for (Value input : graph.nodes().get(i).inputs()) {
        lastUse.put(input, i + 1);
      }
    }
    graph.outputs().values().forEach(output -> lastUse.put(output, end));
  }

  private void place(Node node, int position) {
    for (int i = 0; i < node.outputs().size(); i++) {
      Value result = node.outputs().get(i);
      int death = lastUse.getOrDefault(result, position);
      Value operand =
          switch (node.op()) {
            case StateUpdate update -> state(node, update.stateOperand(i));
            case Reshape reshape -> node.inputs().getFirst();
            default -> overwritable(node, i, position);
          };
      if (operand != null && inState.containsKey(operand)) {
        inState.put(result, inState.get(operand));
      } else if (operand != null) {
        join(result, requireNonNull(inSlab.get(operand)), death);
      } else {
        boolean output = graph.outputs().containsValue(result);
        join(result, open(result, output ? Category.OUTPUT : result.category(), position), death);
      }
    }
  }

  private Value state(Node update, int operand) {
    Value value = update.inputs().get(operand);
    if (!inState.containsKey(value)) {
      throw new IllegalArgumentException(
          "%s replaces '%s', which is not a state".formatted(update, value.name()));
    }
    return value;
  }

  /**
   * The operand whose memory a result can take over: it lies in the slab, has the result's type,
   * and neither it nor anything that shares its memory is read later.
   */
  private @Nullable Value overwritable(Node node, int result, int position) {
    Value output = node.outputs().get(result);
    for (int candidate : InPlace.candidates(node.op(), result)) {
      Value operand = node.inputs().get(candidate);
      Sharing sharing = inSlab.get(operand);
      if (sharing != null
          && operand.type().equals(output.type())
          && sharing.death == position
          && !graph.outputs().containsValue(output)
          && (InPlace.readsAllFirst(node.op())
              || Collections.frequency(node.inputs(), operand) == 1)
          && node.inputs().stream()
              .allMatch(other -> other == operand || inSlab.get(other) != sharing)) {
        return operand;
      }
    }
    return null;
  }

  private Sharing open(Value value, Category category, int birth) {
    Sharing sharing = new Sharing(value, category, birth);
    sharings.add(sharing);
    return sharing;
  }

  private void join(Value value, Sharing sharing, int death) {
    sharing.death = Math.max(sharing.death, death);
    inSlab.put(value, sharing);
  }

  /** An update writes over the old state, so whoever reads the old state must come before. */
  private void rejectReadsAfterUpdate() {
    Map<Value, Value> writers = new IdentityHashMap<>(); // the state or update behind a value
    Map<String, Value> current = new HashMap<>(); // the same for what is in memory now
    for (Value state : graph.states()) {
      writers.put(state, state);
      current.put(state.name(), state);
    }
    for (Node node : graph.nodes()) {
      for (Value input : node.inputs()) {
        rejectOld(input, writers, current, node.toString());
      }
      for (Value output : node.outputs()) {
        if (node.op() instanceof StateUpdate) {
          writers.put(output, output);
          current.put(inState.get(output), output);
        } else if (inState.containsKey(output)) {
          writers.put(output, writers.get(node.inputs().getFirst()));
        }
      }
    }
    graph
        .outputs()
        .forEach((name, value) -> rejectOld(value, writers, current, "output '" + name + "'"));
  }

  private void rejectOld(
      Value value, Map<Value, Value> writers, Map<String, Value> current, String reader) {
    String state = inState.get(value);
    if (state != null && writers.get(value) != current.get(state)) {
      throw new IllegalArgumentException(
          "%s reads '%s' after %s has replaced it".formatted(reader, state, current.get(state)));
    }
  }

  /**
   * Kernels count elements with an int. A tensor that has more is mostly a batch too large for
   * memory, and then the error says how much memory it would have needed.
   */
  private void rejectHugeTensors(List<Request> requests) {
    for (Value value : inSlab.keySet()) {
      if (value.shape().elements() > Integer.MAX_VALUE) {
        long needed = SlabLayout.size(SlabLayout.place(requests));
        long available = SystemMemory.availableBytes();
        if (needed > available) {
          throw new MemoryLimitException("the plan", needed, available);
        }
        throw new ShapeException(
            "%s has %d elements, more than the 2,147,483,647 a tensor can have; use a smaller batch"
                .formatted(value, value.shape().elements()));
      }
    }
  }

  private Plan layOut() {
    List<Request> requests = new ArrayList<>();
    for (Sharing s : sharings) {
      requests.add(new Request(s.name, s.category, s.bytes, s.birth, s.death));
    }
    rejectHugeTensors(requests);
    List<Integer> scratchOf = new ArrayList<>();
    List<Integer> panels = List.of();
    for (int i = 0; i < graph.nodes().size(); i++) {
      Node node = graph.nodes().get(i);
      Workspace workspace = target.workspace(node);
      panels = workspace.panelsFor(panels);
      if (workspace.bytes() > 0) {
        scratchOf.add(requests.size());
        String name = node.output().name() + " scratch";
        requests.add(new Request(name, Category.WORKSPACE, workspace.bytes(), i + 1, i + 1));
      } else {
        scratchOf.add(-1);
      }
    }
    List<Buffer> buffers = SlabLayout.place(requests);
    Map<Sharing, Buffer> bufferOf = new IdentityHashMap<>();
    for (int i = 0; i < sharings.size(); i++) {
      bufferOf.put(sharings.get(i), buffers.get(i));
    }
    Map<Value, Placement> placements = new HashMap<>();
    inSlab.forEach(
        (v, s) -> placements.put(v, new Placement.InSlab(requireNonNull(bufferOf.get(s)))));
    inState.forEach((v, name) -> placements.put(v, new Placement.InState(name)));
    List<Optional<Buffer>> workspaces =
        scratchOf.stream()
            .map(i -> i < 0 ? Optional.<Buffer>empty() : Optional.of(buffers.get(i)))
            .toList();
    return new Plan(graph, placements, buffers, workspaces, panels, SlabLayout.size(buffers));
  }
}
