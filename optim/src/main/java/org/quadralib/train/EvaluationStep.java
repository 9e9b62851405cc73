package org.quadralib.train;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.quadralib.backend.Backend;
import org.quadralib.backend.Executable;
import org.quadralib.backend.ExecutionListener;
import org.quadralib.graph.GraphBuilder;
import org.quadralib.graph.Ops;
import org.quadralib.graph.Value;
import org.quadralib.layers.Backprop;
import org.quadralib.layers.Mode;
import org.quadralib.layers.Model;
import org.quadralib.loss.ElementwiseLoss;
import org.quadralib.loss.Loss;
import org.quadralib.memory.TensorArena;
import org.quadralib.plan.Plan;
import org.quadralib.tensor.Tensor;

/**
 * The network as it is used: running statistics, no dropout, nothing updated. A batch with fewer
 * examples than planned is filled up with labels of −1. Not thread-safe.
 */
public final class EvaluationStep implements AutoCloseable {
  private static final String ELEMENTS = "loss.elements";

  private final TensorArena arena;
  private final Executable executable;
  private final @Nullable Loss loss;

  private EvaluationStep(TensorArena arena, Executable executable, @Nullable Loss loss) {
    this.arena = arena;
    this.executable = executable;
    this.loss = loss;
  }

  /** Compiles a network with its loss for a batch size, into a child of the model's arena. */
  public static EvaluationStep compile(Model model, Backend backend, Loss loss, int batch) {
    return compiled(model, backend, loss, batch);
  }

  /** Compiles a network without a loss: it only gives logits. */
  public static EvaluationStep compile(Model model, Backend backend, int batch) {
    return compiled(model, backend, null, batch);
  }

  private static EvaluationStep compiled(
      Model model, Backend backend, @Nullable Loss loss, int batch) {
    Model.Traced traced = model.trace(batch, Mode.EVALUATE, Backprop.AUTODIFF);
    GraphBuilder graph = traced.graph();
    Value logits = traced.output();
    graph.output(TrainingGraph.LOGITS, logits);
    if (loss != null) {
      Value target = graph.input(TrainingGraph.TARGET, loss.targetType(logits.type()));
      graph.inScope(TrainingGraph.LOSS, () -> traceLoss(graph, loss, logits, target));
    }
    Plan plan = backend.plan(graph.build());
    MemoryNeeds.require("an evaluation step with a batch of " + batch, plan);
    TensorArena arena = model.arena().child("evaluation step");
    try {
      return new EvaluationStep(arena, backend.compile(plan, arena, model.parameters()), loss);
    } catch (RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  /** Losses on numbers do not know which rows are filled up, so their mean is taken outside. */
  private static Value traceLoss(GraphBuilder graph, Loss loss, Value logits, Value target) {
    if (loss instanceof ElementwiseLoss elementwise) {
      Value elements = elementwise.elements(new Ops(graph), logits, target);
      graph.output(ELEMENTS, elements);
      return elements;
    }
    Value mean = loss.trace(graph, logits, target);
    graph.output(TrainingGraph.LOSS, mean);
    return mean;
  }

  /** The examples, {@code [batch, …]}: fill them before a run. */
  public Tensor input() {
    return executable.input(Model.INPUT);
  }

  /**
   * The targets, of the type the loss asks for: fill them before a run.
   *
   * @throws IllegalArgumentException if it was compiled without a loss
   */
  public Tensor target() {
    return executable.input(TrainingGraph.TARGET);
  }

  /** The network's output in the last run. */
  public Tensor logits() {
    return executable.output(TrainingGraph.LOGITS);
  }

  /** Copies a batch into {@link #input()} and, with a loss, {@link #target()}. */
  public void setBatch(MemorySegment images, MemorySegment labels) {
    Tensor input = input();
    MemorySegment.copy(images, 0, input.segment(), 0, input.segment().byteSize());
    if (loss != null) {
      Targets.write(labels, target());
    }
  }

  /** Runs the network on what {@link #input()} holds. */
  public void run() {
    executable.run();
  }

  /** Runs the network on what {@link #input()} holds, and reports each node. */
  public void run(ExecutionListener listener) {
    executable.run(listener);
  }

  /**
   * The mean loss of the first examples of the batch in the last run.
   *
   * @param count number of examples; the rest only fills up the batch
   * @throws IllegalStateException if it was compiled without a loss
   */
  public double loss(int count) {
    if (loss == null) {
      throw new IllegalStateException("the step was compiled without a loss");
    }
    if (!(loss instanceof ElementwiseLoss)) {
      return executable.output(TrainingGraph.LOSS).get(0);
    }
    Tensor elements = executable.output(ELEMENTS);
    long used = elements.elements() / elements.shape().dim(0) * count;
    double sum = 0;
    for (long i = 0; i < used; i++) {
      sum += elements.get(i);
    }
    return sum / used;
  }

  /** The compiled network, for profilers. */
  public Executable executable() {
    return executable;
  }

  /** Order, life and place of every buffer. */
  public Plan plan() {
    return executable.plan();
  }

  @Override
  public void close() {
    arena.close();
  }
}
