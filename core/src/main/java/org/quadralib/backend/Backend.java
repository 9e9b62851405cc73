package org.quadralib.backend;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.quadralib.graph.Graph;
import org.quadralib.graph.Node;
import org.quadralib.graph.op.Op;
import org.quadralib.memory.TensorArena;
import org.quadralib.plan.Plan;
import org.quadralib.plan.Planner;
import org.quadralib.tensor.Tensor;
import org.quadralib.tensor.TensorType;

/** Runs plans on some hardware. All backends pass one contract test suite. */
public interface Backend extends Planner.Target, AutoCloseable {
  /** Short name, as users select it: {@code scalar}, {@code vector}, … */
  String name();

  /** Name and what it runs on, for people. */
  String description();

  /**
   * All that the bits of its results depend on, as text: the name, and for example the width of
   * vectors, which decides the order of sums. Not the number of threads.
   */
  default String arithmetic() {
    return name();
  }

  /** Whether it has a kernel for an operation on operands of these types. */
  boolean supports(Op op, List<TensorType> operands);

  /**
   * The way it computes a node, where it has several, for people; empty otherwise. Such as {@code
   * winograd 4x4}.
   */
  default String algorithm(Node node) {
    return "";
  }

  /** Lays out the memory of a computation for this backend. */
  default Plan plan(Graph graph) {
    return Planner.plan(graph, this);
  }

  /**
   * Gives a plan memory and kernels.
   *
   * @param arena owns the memory; the executable ends with it
   * @param state tensors for the graph's states, by name
   * @throws UnsupportedOperationException if an operation is not supported, naming it
   * @throws IllegalArgumentException if a state is missing or has another type
   * @throws org.quadralib.memory.MemoryLimitException if the slab does not fit
   */
  Executable compile(Plan plan, TensorArena arena, Map<String, Tensor> state);

  /**
   * Measures what its device can do at most, which takes seconds; empty where that is the processor
   * that runs this program.
   */
  default Optional<Peak> measurePeak() {
    return Optional.empty();
  }

  /** Stops threads and frees devices; executables must not run any more. */
  @Override
  void close();
}
