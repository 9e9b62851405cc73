package org.quadralib.tornado;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.quadralib.backend.Backend;
import org.quadralib.backend.Executable;
import org.quadralib.backend.Peak;
import org.quadralib.graph.Graph;
import org.quadralib.graph.Node;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.Composite;
import org.quadralib.graph.op.GlobalNorm;
import org.quadralib.graph.op.Op;
import org.quadralib.memory.MemoryLimitException;
import org.quadralib.memory.TensorArena;
import org.quadralib.plan.Plan;
import org.quadralib.plan.Planner;
import org.quadralib.plan.Workspace;
import org.quadralib.tensor.Tensor;
import org.quadralib.tensor.TensorType;

/** Runs plans on a device of TornadoVM. */
final class TornadoBackend implements Backend {
  private final Devices.Found found;
  private final Style style;
  private final @Nullable NodeCheck check;
  private final Machines machines;

  /**
   * @param check of the first run of each plan; null for none
   */
  TornadoBackend(Devices.Found found, Style style, @Nullable NodeCheck check) {
    this(found, style, check, new Machines(found.device(), style));
  }

  TornadoBackend(Devices.Found found, Style style, @Nullable NodeCheck check, Machines machines) {
    this.found = found;
    this.style = style;
    this.check = check;
    this.machines = machines;
  }

  @Override
  public String name() {
    return "tornado";
  }

  @Override
  public String description() {
    return "tornado (%s, %s)".formatted(found.describe(), style);
  }

  @Override
  public String arithmetic() {
    return "tornado on %s, %s, %d threads"
        .formatted(
            found.device().getPhysicalDevice().getDeviceName().strip(), style, style.threads());
  }

  @Override
  public boolean fuses(Composite op) {
    return false;
  }

  @Override
  public Workspace workspace(Node node) {
    return node.op() instanceof GlobalNorm
        ? new Workspace(2L * style.threads() * Float.BYTES, List.of())
        : Workspace.NONE;
  }

  @Override
  public boolean supports(Op op, List<TensorType> operands) {
    return !(op instanceof Composite) && Launches.takes(op, operands);
  }

  @Override
  public Plan plan(Graph graph) {
    return DeviceLayout.extend(Planner.plan(graph, this), style.threads());
  }

  @Override
  public Executable compile(Plan plan, TensorArena arena, Map<String, Tensor> state) {
    for (Node node : plan.graph().nodes()) {
      if (!supports(node.op(), node.inputs().stream().map(Value::type).toList())) {
        throw new UnsupportedOperationException(
            "backend '%s' has no kernel for %s; choose another backend".formatted(name(), node));
      }
    }
    checkState(plan, state);
    requireRoom(plan);
    TornadoExecutable executable = new TornadoExecutable(plan, state, style, check, machines::take);
    arena.adopt(
        "memory of " + found.name(),
        plan.slabByCategory(),
        () -> {
          Machine machine = executable.release();
          if (machine != null) {
            machines.giveBack(machine);
          }
        });
    return executable;
  }

  /** Before anything is allocated: what a device does with too little memory differs. */
  private void requireRoom(Plan plan) {
    String owner = "the plan on device tornado:" + found.name();
    requireRoom(
        owner,
        plan.slabBytes(),
        Math.min(found.device().getMaxGlobalMemory(), DeviceMemory.limit()));
    requireRoom(
        owner + " in one piece",
        DeviceLayout.bytes(plan),
        Math.min(found.device().getMaxAllocMemory(), DeviceLayout.MOST_BYTES));
  }

  private static void requireRoom(String owner, long needed, long most) {
    if (needed > most) {
      throw new MemoryLimitException(owner, needed, most);
    }
  }

  private static void checkState(Plan plan, Map<String, Tensor> state) {
    for (Value value : plan.graph().states()) {
      Tensor tensor = state.get(value.name());
      if (tensor == null) {
        throw new IllegalArgumentException("there is no state '" + value.name() + "'");
      }
      if (!tensor.type().equals(value.type())) {
        throw new IllegalArgumentException(
            "state '%s' must be %s, but is %s"
                .formatted(value.name(), value.type(), tensor.type()));
      }
    }
  }

  @Override
  public Optional<Peak> measurePeak() {
    return Optional.of(PeakMeasurement.of(found.device()));
  }

  @Override
  public void close() {
    machines.close();
    if (check != null) {
      check.close();
    }
  }
}
