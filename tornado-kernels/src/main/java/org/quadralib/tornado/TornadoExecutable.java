package org.quadralib.tornado;

import static java.util.Objects.requireNonNull;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.quadralib.backend.DeviceException;
import org.quadralib.backend.DeviceProfile;
import org.quadralib.backend.Executable;
import org.quadralib.backend.ExecutionListener;
import org.quadralib.backend.Traffic;
import org.quadralib.graph.Node;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.StateUpdate;
import org.quadralib.plan.Placement;
import org.quadralib.plan.Plan;
import org.quadralib.tensor.Tensor;

/**
 * A plan on a device. A run sends the inputs, launches the kernels and brings back those outputs
 * that somebody has asked for; everything else stays on the device. States do too, once they are
 * detached.
 */
final class TornadoExecutable implements Executable {
  private final Plan plan;
  private final DeviceLayout layout;
  private final Staging staging;
  private final Map<String, Tensor> state;
  private final Set<String> replaced = new LinkedHashSet<>();
  private final Map<String, Tensor> inputs = new LinkedHashMap<>();
  private final Map<String, Tensor> outputs = new LinkedHashMap<>();
  private final Set<String> askedFor = new LinkedHashSet<>();
  private final List<List<Launch>> launches = new ArrayList<>();
  private final Program program;
  private final @Nullable NodeCheck check;
  private @Nullable Machine machine;
  private @Nullable Measurement measurement;
  private boolean detached;
  private boolean checked;
  private boolean ran;

  TornadoExecutable(
      Plan plan,
      Map<String, Tensor> state,
      Style style,
      @Nullable NodeCheck check,
      java.util.function.Function<Capacity, Machine> machines) {
    this.plan = plan;
    this.layout = DeviceLayout.of(plan);
    this.staging = Staging.of(plan.graph());
    this.state = state;
    this.check = check;
    List<Node> nodes = plan.graph().nodes();
    for (int i = 0; i < nodes.size(); i++) {
      int scratch =
          plan.workspaces().get(i).map(buffer -> Machine.element(buffer.offset())).orElse(0);
      launches.add(
          Launches.of(
              nodes.get(i),
              value -> Machine.element(layout.offset(value)),
              staging::position,
              scratch,
              style.threads()));
      note(nodes.get(i));
    }
    program = Program.of(launches.stream().flatMap(List::stream).toList());
    machine = machines.apply(Capacity.of(layout.bytes(), program, staging));
    MemorySegment mirror = machine.mirror();
    for (Value input : plan.graph().inputs()) {
      inputs.put(input.name(), tensor(input, mirror));
    }
    plan.graph().outputs().forEach((name, value) -> outputs.put(name, tensor(value, mirror)));
    machine.boot(program);
  }

  private void note(Node node) {
    if (node.op() instanceof StateUpdate) {
      for (Value output : node.outputs()) {
        if (plan.placements().get(output) instanceof Placement.InState(String name)) {
          replaced.add(name);
        }
      }
    }
  }

  private Tensor tensor(Value value, MemorySegment mirror) {
    return new Tensor(value.type(), mirror.asSlice(layout.offset(value), value.type().bytes()));
  }

  @Override
  public Plan plan() {
    return plan;
  }

  @Override
  public Tensor input(String name) {
    return find(inputs, name, "input");
  }

  /** Who has asked for an output once may read it after every run. */
  @Override
  public Tensor output(String name) {
    Tensor tensor = find(outputs, name, "output");
    if (askedFor.add(name) && ran) {
      fetch(requireNonNull(plan.graph().outputs().get(name)));
    }
    return tensor;
  }

  private static Tensor find(Map<String, Tensor> tensors, String name, String kind) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(
          "there is no %s '%s', only %s".formatted(kind, name, tensors.keySet()));
    }
    return tensor;
  }

  @Override
  public void detachState() {
    if (!detached) {
      push();
      detached = true;
    }
  }

  @Override
  public void fetchState() {
    if (detached) {
      pull();
    }
  }

  @Override
  public void sendState() {
    if (detached) {
      push();
    }
  }

  private void pull() {
    for (String name : replaced) {
      Tensor tensor = requireNonNull(state.get(name));
      long offset = layout.stateOffset(name);
      machine().fetch(offset, tensor.segment().byteSize());
      MemorySegment.copy(
          machine().mirror(), offset, tensor.segment(), 0, tensor.segment().byteSize());
    }
  }

  private void push() {
    for (Value value : plan.graph().states()) {
      Tensor tensor = requireNonNull(state.get(value.name()));
      send(tensor.segment(), layout.stateOffset(value.name()));
    }
  }

  /** Sends something to its place in device memory, a piece of the stage at a time. */
  private void send(MemorySegment from, long offset) {
    MemorySegment stage = machine().stage();
    for (long at = 0; at < from.byteSize(); at += stage.byteSize()) {
      long bytes = Math.min(stage.byteSize(), from.byteSize() - at);
      MemorySegment.copy(from, at, stage, 0, bytes);
      Staging.fillOne(machine().integers(), offset + at, bytes);
      machine().load();
    }
  }

  @Override
  public void run(ExecutionListener listener) {
    if (!detached) {
      push();
    }
    sendInputs();
    boolean checking = check != null && !checked;
    if (listener == ExecutionListener.NONE && !checking) {
      int next = 0;
      for (int i = 0; i < launches.size(); i++) {
        next = launch(i, next);
      }
    } else {
      runWatched(listener, checking);
    }
    long start = System.nanoTime();
    for (String name : askedFor) {
      fetch(requireNonNull(plan.graph().outputs().get(name)));
    }
    if (measurement != null) {
      measurement.fetched(System.nanoTime() - start);
    }
    requireAllLaunched(program.launches());
    checked = true;
    ran = true;
    if (!detached) {
      pull();
    }
  }

  /**
   * Launches the kernels of a node.
   *
   * @param next number of its first launch in the program
   * @return number of the launch after its last
   */
  private int launch(int node, int next) {
    int end = next + launches.get(node).size();
    for (int i = next; i < end; i++) {
      machine().launch(program.units()[i]);
      if (measurement != null) {
        measurement.launched(node);
      }
    }
    return end;
  }

  /**
   * Every launch counts itself on the device: one that was refused, which TornadoVM only prints, is
   * missing here.
   */
  private void requireAllLaunched(int expected) {
    int launched = machine().launched() - 1;
    if (launched != expected) {
      throw new DeviceException(
          "the device ran %d of %d kernels and reported no error; see the messages above and the troubleshooting section of docs/gpu.md"
              .formatted(launched, expected));
    }
  }

  private void sendInputs() {
    staging.fill(
        machine().integers(), machine().stage(), value -> input(value.name()), layout::offset);
    machine().load();
    if (measurement != null) {
      measurement.fed();
    }
  }

  /** Node by node, so that a listener, or the check, sees and may change what there is between. */
  private void runWatched(ExecutionListener listener, boolean checking) {
    List<Node> nodes = plan.graph().nodes();
    int next = 0;
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      listener.before(i + 1, node);
      for (Value output : plan.graph().outputs().values()) {
        if (listener != ExecutionListener.NONE && node.inputs().contains(output)) {
          send(tensor(output, machine().mirror()).segment(), layout.offset(output));
        }
      }
      NodeCheck.@Nullable Expectation expected = null;
      if (checking && !launches.get(i).isEmpty()) {
        expected = requireNonNull(check).expect(node, this::fetched);
      }
      next = launch(i, next);
      requireAllLaunched(next);
      listener.after(i + 1, node);
      if (expected != null) {
        expected.compare(this::fetched);
        expected.close();
      }
      for (Value output : plan.graph().outputs().values()) {
        if (listener != ExecutionListener.NONE && node.outputs().contains(output)) {
          fetch(output);
        }
      }
    }
  }

  /** What a value is on the device now. */
  private Tensor fetched(Value value) {
    if (!staging.isInteger(value)) {
      fetch(value);
    }
    return tensor(value, machine().mirror());
  }

  private void fetch(Value value) {
    machine().fetch(layout.offset(value), value.type().bytes());
  }

  @Override
  public Traffic traffic() {
    return machine().traffic();
  }

  @Override
  public long deviceBytes() {
    return machine().allocatedBytes();
  }

  @Override
  public void measureDevice(boolean on) {
    if (measurement != null) {
      measurement.stop();
      measurement = null;
    }
    if (on) {
      List<int[]> units = new ArrayList<>();
      int next = 0;
      for (List<Launch> node : launches) {
        units.add(Arrays.copyOfRange(program.units(), next, next + node.size()));
        next += node.size();
      }
      measurement = new Measurement(machine(), units);
    }
  }

  @Override
  public Optional<DeviceProfile> deviceProfile() {
    return Optional.ofNullable(measurement).map(Measurement::profile);
  }

  private Machine machine() {
    Machine open = machine;
    if (open == null) {
      throw new IllegalStateException("the arena of this plan is closed");
    }
    return open;
  }

  /** Gives its machine back; it cannot run any more. */
  @Nullable Machine release() {
    Machine open = machine;
    if (open != null) {
      open.measure(false);
    }
    machine = null;
    return open;
  }
}
