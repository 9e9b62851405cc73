package org.quadralib.backend;

import static java.util.Objects.requireNonNull;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.quadralib.graph.Node;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.Reshape;
import org.quadralib.memory.TensorArena;
import org.quadralib.plan.Buffer;
import org.quadralib.plan.Placement;
import org.quadralib.plan.Plan;
import org.quadralib.tensor.Tensor;

/** Backends whose kernels run one after another on memory of this process. */
public abstract class CpuBackend implements Backend {
  /** For subclasses. */
  protected CpuBackend() {}

  /** A kernel for a node this backend {@link #supports}, bound to its memory. */
  protected abstract Kernel kernel(Node node, Memory memory);

  @Override
  public final Executable compile(Plan plan, TensorArena arena, Map<String, Tensor> state) {
    for (Node node : plan.graph().nodes()) {
      if (!supports(node.op(), node.inputs().stream().map(Value::type).toList())) {
        throw new UnsupportedOperationException(
            "backend '%s' has no kernel for %s; choose another backend".formatted(name(), node));
      }
    }
    checkState(plan, state);
    MemorySegment slab = arena.allocate("the plan's slab", plan.slabByCategory());
    float[][] panels = new float[plan.panels().size()][];
    for (int i = 0; i < panels.length; i++) {
      panels[i] = arena.allocateHeap("kernel panels", plan.panels().get(i));
    }
    Map<Value, Tensor> tensors = new HashMap<>();
    plan.placements()
        .forEach(
            (value, placement) ->
                tensors.put(
                    value,
                    switch (placement) {
                      case Placement.InSlab(Buffer buffer) ->
                          new Tensor(value.type(), slab.asSlice(buffer.offset(), buffer.bytes()));
                      case Placement.InState(String name) ->
                          new Tensor(value.type(), requireNonNull(state.get(name)).segment());
                    }));
    List<Node> nodes = plan.graph().nodes();
    List<Kernel> kernels = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      MemorySegment scratch =
          plan.workspaces()
              .get(i)
              .map(buffer -> slab.asSlice(buffer.offset(), buffer.bytes()))
              .orElse(MemorySegment.NULL);
      Memory memory =
          new Memory(
              node.inputs().stream().map(tensors::get).toList(),
              node.outputs().stream().map(tensors::get).toList(),
              scratch,
              panels);
      // A reshape shares memory with its operand; there is nothing to do.
      kernels.add(node.op() instanceof Reshape ? () -> {} : kernel(node, memory));
    }
    return new CpuExecutable(plan, tensors, kernels);
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
}
