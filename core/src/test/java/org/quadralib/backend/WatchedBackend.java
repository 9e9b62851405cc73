package org.quadralib.backend;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.quadralib.graph.Node;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.Composite;
import org.quadralib.graph.op.Op;
import org.quadralib.plan.Buffer;
import org.quadralib.plan.Placement;
import org.quadralib.plan.Plan;
import org.quadralib.plan.Workspace;
import org.quadralib.tensor.Tensor;
import org.quadralib.tensor.TensorType;

/**
 * Compiles one plan with another backend's kernels and sees what they are given. In the package of
 * {@link CpuBackend} because kernels are nobody else's business.
 */
public final class WatchedBackend extends CpuBackend {
  private final CpuBackend backend;
  private final Plan plan;
  private final Map<Buffer, MemorySegment> segments = new HashMap<>();
  private final Set<float[]> panels = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Set<String> kernelPackages = new TreeSet<>();

  /** Watches the compilation of {@code plan}, which {@code backend} has made. */
  public WatchedBackend(CpuBackend backend, Plan plan) {
    this.backend = backend;
    this.plan = plan;
  }

  /** Packages of the classes of all kernels compiled so far. */
  public Set<String> kernelPackages() {
    return kernelPackages;
  }

  /**
   * Fills with NaN what holds nothing: before the run everything but the inputs, and each buffer as
   * soon as its last reader has run. Kernels that read what is not theirs, or count on zeros, or
   * leave a part of their result unwritten, give themselves away.
   */
  public ExecutionListener poison() {
    return new ExecutionListener() {
      @Override
      public void before(int position, Node node) {
        if (position == 1) {
          segments.forEach((buffer, segment) -> fill(segment, buffer.birth() > 0));
          panels.forEach(panel -> Arrays.fill(panel, Float.NaN));
        }
      }

      @Override
      public void after(int position, Node node) {
        segments.forEach((buffer, segment) -> fill(segment, buffer.death() == position));
        panels.forEach(panel -> Arrays.fill(panel, Float.NaN));
      }
    };
  }

  private static void fill(MemorySegment segment, boolean dead) {
    if (dead) {
      segment.fill((byte) 0xFF); // a NaN in both floating types
    }
  }

  @Override
  protected Kernel kernel(Node node, Memory memory) {
    for (int i = 0; i < node.inputs().size(); i++) {
      remember(node.inputs().get(i), memory.in(i));
    }
    for (int i = 0; i < node.outputs().size(); i++) {
      remember(node.outputs().get(i), memory.out(i));
    }
    plan.workspaces()
        .get(plan.graph().nodes().indexOf(node))
        .ifPresent(buffer -> segments.put(buffer, memory.scratch()));
    panels.addAll(Arrays.asList(memory.panels()));
    Kernel kernel = backend.kernel(node, memory);
    kernelPackages.add(kernel.getClass().getPackageName());
    return kernel;
  }

  private void remember(Value value, Tensor tensor) {
    if (plan.placements().get(value) instanceof Placement.InSlab(Buffer buffer)) {
      segments.put(buffer, tensor.segment());
    }
  }

  @Override
  public String name() {
    return backend.name();
  }

  @Override
  public String description() {
    return backend.description();
  }

  @Override
  public boolean supports(Op op, List<TensorType> operands) {
    return backend.supports(op, operands);
  }

  @Override
  public boolean fuses(Composite op) {
    return backend.fuses(op);
  }

  @Override
  public Workspace workspace(Node node) {
    return backend.workspace(node);
  }

  /** The backend that is watched stays open. */
  @Override
  public void close() {}
}
