package org.quadralib.bench.peer;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.GradientCollector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.quadralib.bench.versus.Agreement;
import org.quadralib.bench.versus.Contestant;
import org.quadralib.bench.versus.Workload;
import org.quadralib.layers.Model;
import org.quadralib.layers.ParameterSpec;

/**
 * PyTorch's C++ library inside this JVM: eager operations, automatic differentiation and SGD as a
 * PyTorch program runs them. What a step makes is freed at its end.
 */
final class DjlPeer implements Contestant {
  private final PeerProgram program;
  private final Engine engine;
  private final NDManager manager;
  private final NDArray images;
  private final NDArray labels;
  private final Map<String, NDArray> parameters = new LinkedHashMap<>();
  private final Map<String, NDArray> velocities = new LinkedHashMap<>();
  private @Nullable NDArray upstream;
  private @Nullable NDArray inputGradient;

  DjlPeer(Workload workload, Model weights) {
    program = PeerProgram.of(workload.network());
    engine = DjlEngine.open(workload.threads());
    // Not the base manager: a gradient collector clears the gradients of all its arrays.
    manager = engine.newBaseManager().newSubManager();
    images = manager.create(workload.images(), withBatch(workload));
    long[] classes = new long[workload.batch()];
    int[] given = workload.labels();
    for (int i = 0; i < classes.length; i++) {
      classes[i] = given[i];
    }
    labels = manager.create(classes, new Shape(classes.length, 1));
    for (ParameterSpec spec : weights.specs()) {
      Shape shape = djl(spec.type().shape());
      float[] values = Objects.requireNonNull(weights.parameters().get(spec.name())).toFloats();
      parameters.put(spec.name(), manager.create(values, shape));
      if (spec.trainable()) {
        velocities.put(spec.name(), manager.zeros(shape));
      }
    }
  }

  private static Shape withBatch(Workload workload) {
    return new Shape(workload.batch()).addAll(djl(workload.example()));
  }

  private static Shape djl(org.quadralib.tensor.Shape shape) {
    long[] dims = new long[shape.rank()];
    for (int axis = 0; axis < dims.length; axis++) {
      dims[axis] = shape.dim(axis);
    }
    return new Shape(dims);
  }

  @Override
  public String name() {
    return "djl";
  }

  @Override
  public String description() {
    return DjlEngine.description(engine);
  }

  @Override
  public int threads() {
    return JniUtils.getNumThreads();
  }

  @Override
  public float[] evaluate() {
    try (NDManager scope = manager.newSubManager()) {
      return Agreement.sample(forward(input(scope), parameters, false).toFloatArray());
    }
  }

  @Override
  public Timing infer(int runs) {
    return Timing.measure(runs, () -> passWithoutGradients(false));
  }

  @Override
  public Timing forward(int runs) {
    return Timing.measure(runs, () -> passWithoutGradients(true));
  }

  private void passWithoutGradients(boolean training) {
    try (NDManager scope = manager.newSubManager()) {
      forward(input(scope), parameters, training);
    }
  }

  @Override
  public Timing forwardAndBackward(int runs) {
    if (upstream == null) {
      try (NDManager scope = manager.newSubManager()) {
        Shape shape = forward(input(scope), parameters, false).getShape();
        upstream = manager.create(Workload.upstream(shape.size()), shape);
      }
    }
    return Timing.measure(runs, this::gradients);
  }

  @SuppressWarnings("try") // the collector is there to switch differentiation on
  private void gradients() {
    try (NDManager scope = manager.newSubManager();
        GradientCollector collector = engine.newGradientCollector()) {
      NDArray x = input(scope);
      x.setRequiresGradient(true);
      NDArray y = forward(x, leaves(scope), true);
      JniUtils.backward((PtNDArray) y, (PtNDArray) Objects.requireNonNull(upstream), false, false);
      if (inputGradient != null) {
        inputGradient.close();
      }
      inputGradient = x.getGradient();
      inputGradient.attach(manager);
    }
  }

  @Override
  public float[] inputGradient() {
    return Agreement.sample(Objects.requireNonNull(inputGradient).toFloatArray());
  }

  @Override
  public Timing train(int steps) {
    double loss = Double.NaN;
    long start = System.nanoTime();
    for (int i = 0; i < steps; i++) {
      loss = step();
    }
    return Timing.of(System.nanoTime() - start, steps, loss);
  }

  private double step() {
    try (NDManager scope = manager.newSubManager()) {
      Map<String, NDArray> leaves = leaves(scope);
      double loss;
      try (GradientCollector collector = engine.newGradientCollector()) {
        NDArray logits = forward(input(scope), leaves, true);
        NDArray mean = logits.logSoftmax(1).gather(labels, 1).neg().mean();
        collector.backward(mean);
        loss = mean.getFloat();
      }
      velocities.forEach((name, velocity) -> update(name, velocity, leaves));
      return loss;
    }
  }

  /**
   * The parameters as fresh leaves of the graph, on the same memory, so that a step starts without
   * gradients as after {@code zero_grad(set_to_none=True)}, PyTorch's default.
   */
  private Map<String, NDArray> leaves(NDManager scope) {
    Map<String, NDArray> leaves = new HashMap<>(parameters);
    for (String name : velocities.keySet()) {
      NDArray leaf = Objects.requireNonNull(parameters.get(name)).stopGradient();
      leaf.attach(scope);
      leaf.setRequiresGradient(true);
      leaves.put(name, leaf);
    }
    return leaves;
  }

  /** {@code v ← μv + g + λw; w ← w − ηv}, in the order of {@code torch.optim.SGD}. */
  private void update(String name, NDArray velocity, Map<String, NDArray> leaves) {
    NDArray weight = Objects.requireNonNull(parameters.get(name));
    try (NDArray gradient = Objects.requireNonNull(leaves.get(name)).getGradient();
        NDArray decay = weight.mul(Workload.WEIGHT_DECAY)) {
      velocity.muli(Workload.MOMENTUM);
      velocity.addi(gradient);
      velocity.addi(decay);
    }
    try (NDArray change = velocity.mul(Workload.LEARNING_RATE)) {
      weight.subi(change);
    }
  }

  /** The images on the same memory, in a scope, to which all that is made of them belongs. */
  private NDArray input(NDManager scope) {
    NDArray input = images.stopGradient();
    input.attach(scope);
    return input;
  }

  private NDArray forward(NDArray x, Map<String, NDArray> weights, boolean training) {
    NDArray[] values = new NDArray[program.result() + 1];
    values[0] = x;
    for (PeerOp op : program.ops()) {
      List<NDArray> operands = new ArrayList<>();
      for (int input : op.inputs()) {
        operands.add(values[input]);
      }
      List<NDArray> parametersOfOp = new ArrayList<>();
      for (String name : op.weights()) {
        parametersOfOp.add(Objects.requireNonNull(weights.get(name), name));
      }
      values[op.output()] = DjlOps.run(op, operands, parametersOfOp, training);
      for (int dead : op.dead()) {
        values[dead].close();
      }
    }
    return values[program.result()];
  }

  @Override
  public void close() {
    manager.close();
  }
}
