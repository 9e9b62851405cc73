package org.quadralib.train;

import static java.util.Objects.requireNonNull;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quadralib.backend.Backend;
import org.quadralib.backend.Executable;
import org.quadralib.backend.ExecutionListener;
import org.quadralib.layers.Model;
import org.quadralib.layers.Trace;
import org.quadralib.memory.Category;
import org.quadralib.memory.MemoryLimitException;
import org.quadralib.memory.TensorArena;
import org.quadralib.metrics.Accuracy;
import org.quadralib.plan.Plan;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;

/**
 * One step of training, ready to run any number of times: fill {@link #input()} and {@link
 * #target()}, call {@link #run}. A step allocates nothing. Closing it frees everything but the
 * model's weights. Not thread-safe.
 */
public final class TrainingStep implements AutoCloseable {
  private final Recipe recipe;
  private final TensorArena arena;
  private final Executable executable;
  private final Map<String, Tensor> optimizerState;
  private final List<Tensor> stepSizes = new ArrayList<>();
  private final List<Double> scales;
  private final List<GradientNorm.Key> gradientNorms;
  private final @Nullable Tensor counter;
  private final Tensor loss;
  private final long parameterBytes;

  private TrainingStep(
      Recipe recipe,
      TrainingGraph traced,
      TensorArena arena,
      Executable executable,
      Map<String, Tensor> optimizerState,
      long parameterBytes) {
    this.recipe = recipe;
    this.arena = arena;
    this.executable = executable;
    this.optimizerState = Collections.unmodifiableMap(optimizerState);
    this.parameterBytes = parameterBytes;
    this.scales = traced.learningRateScales();
    this.gradientNorms = traced.gradientNorms();
    for (int group = 0; group < scales.size(); group++) {
      stepSizes.add(executable.input(TrainingGraph.stepSizesOf(group)));
    }
    boolean drops =
        traced.graph().inputs().stream().anyMatch(input -> input.name().equals(Trace.COUNTER));
    this.counter = drops ? executable.input(Trace.COUNTER) : null;
    this.loss = executable.output(TrainingGraph.LOSS);
  }

  /**
   * Traces, plans and compiles a step for a batch size. Its memory goes into a child of the model's
   * arena.
   *
   * @throws org.quadralib.memory.MemoryLimitException if it does not fit; nothing is held then
   */
  public static TrainingStep compile(Model model, Backend backend, Recipe recipe, int batch) {
    TrainingGraph traced = TrainingGraph.trace(model.layer(), model.example(), recipe, batch);
    Plan plan;
    try {
      plan = backend.plan(traced.graph());
    } catch (MemoryLimitException e) { // the planner does not know what it plans for
      throw new MemoryLimitException(
          "a training step with a batch of " + batch, e.neededBytes(), e.availableBytes());
    }
    long parameterBytes = model.arena().ledger().current(Category.PARAMETER);
    MemoryNeeds.require("a training step with a batch of " + batch, plan);
    TensorArena arena = model.arena().child("training step");
    try {
      Map<String, Tensor> optimizerState = new LinkedHashMap<>();
      traced
          .optimizerState()
          .forEach(
              (name, type) ->
                  optimizerState.put(name, arena.allocate(name, Category.OPTIMIZER, type)));
      Map<String, Tensor> state = new HashMap<>(model.parameters());
      state.putAll(optimizerState);
      Executable executable = backend.compile(plan, arena, state);
      return new TrainingStep(recipe, traced, arena, executable, optimizerState, parameterBytes);
    } catch (RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  /** What it was made for. */
  public Recipe recipe() {
    return recipe;
  }

  /** The examples, {@code [batch, …]}: fill them before a run. */
  public Tensor input() {
    return executable.input(Model.INPUT);
  }

  /** The targets, of the type the loss asks for: fill them before a run. */
  public Tensor target() {
    return executable.input(TrainingGraph.TARGET);
  }

  /**
   * The network's output in the last run, before the update. From the first call on a device sends
   * it back with every step.
   */
  public Tensor logits() {
    return executable.output(TrainingGraph.LOGITS);
  }

  /**
   * How many examples of the last run the network had right, before the update. A loss on labels
   * has them counted where the step runs, and from the first call on a device sends that number
   * back with every step; with another loss it sends the logits.
   *
   * @param labels of the examples, int32; negative ones count for nothing
   */
  public long correct(Tensor labels) {
    if (plan().graph().outputs().containsKey(TrainingGraph.CORRECT)) {
      return Math.round(executable.output(TrainingGraph.CORRECT).get(0));
    }
    Accuracy accuracy = new Accuracy();
    accuracy.add(logits(), labels);
    return accuracy.correct();
  }

  /** Shape of the network's output, {@code [batch, …]}. */
  public Shape outputShape() {
    return requireNonNull(plan().graph().outputs().get(TrainingGraph.LOGITS)).shape();
  }

  /**
   * The gradient of a parameter in the last run, before clipping.
   *
   * @throws IllegalArgumentException if there is no such parameter, or the recipe keeps none
   */
  public Tensor gradient(String parameter) {
    if (!recipe.keepGradients()) {
      throw new IllegalArgumentException(
          "gradients are not kept; compile the step from a recipe with keepGradients(true)");
    }
    return executable.output(TrainingGraph.gradientOf(parameter));
  }

  /** Norms of the gradients of the last run, if the recipe asks for them. */
  public List<GradientNorm> gradientNorms() {
    return gradientNorms.stream()
        .map(
            key ->
                new GradientNorm(key.layer(), key.order(), executable.output(key.output()).get(0)))
        .toList();
  }

  /** The optimizer's state by name, such as {@code conv1.weight.momentum}. */
  public Map<String, Tensor> optimizerState() {
    return optimizerState;
  }

  /**
   * Copies a batch into {@link #input()} and {@link #target()}; see {@link Targets} for what labels
   * become.
   *
   * @param images float32, as many bytes as the input has
   * @param labels int32, one for each example
   */
  public void setBatch(MemorySegment images, MemorySegment labels) {
    Tensor input = input();
    MemorySegment.copy(images, 0, input.segment(), 0, input.segment().byteSize());
    Targets.write(labels, target());
  }

  /**
   * Runs one step on what {@link #input()} and {@link #target()} hold.
   *
   * @param step steps done before in the whole run, from 0: it drives Adam's correction and dropout
   * @return the mean loss of the batch before the update; it may be infinite or NaN
   */
  public double run(long step, double learningRate) {
    return run(step, learningRate, ExecutionListener.NONE);
  }

  /** Runs one step and reports each node. */
  public double run(long step, double learningRate, ExecutionListener listener) {
    for (int group = 0; group < stepSizes.size(); group++) {
      recipe.optimizer().stepSizes(learningRate * scales.get(group), step, stepSizes.get(group));
    }
    if (counter != null) {
      counter.setLong(0, recipe.seed());
      counter.setLong(1, step);
    }
    executable.run(listener);
    return loss.get(0);
  }

  /** The compiled step, for profilers, and for who keeps the states on a device. */
  public Executable executable() {
    return executable;
  }

  /** Order, life and place of every buffer. */
  public Plan plan() {
    return executable.plan();
  }

  /** Bytes the plan says a step holds: parameters, optimizer state, slab and panels. */
  public long predictedPeakBytes() {
    return plan().peakBytes();
  }

  /** Bytes the arenas hold, and held at most, for this step and the model's parameters. */
  public long measuredPeakBytes() {
    return parameterBytes + arena.ledger().peak();
  }

  /** Bytes kept from the forward for the backward pass. */
  public long savedBytes() {
    return plan().savedBytes();
  }

  @Override
  public void close() {
    arena.close();
  }
}
