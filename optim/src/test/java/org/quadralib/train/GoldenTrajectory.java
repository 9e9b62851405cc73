package org.quadralib.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.quadralib.layers.Backprop;
import org.quadralib.memory.Category;
import org.quadralib.memory.TensorArena;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Tensor;

/**
 * The six golden steps in float64 on the scalar backend with hybrid back-propagation, computed by a
 * thread of its own, as that takes long.
 */
final class GoldenTrajectory {
  /** How near to zero a ReLU's input is noted. */
  private static final double NEAR = 1e-2;

  /** An element of a ReLU's input near zero, where rounding may decide between two gradients. */
  record Near(long index, double value) {}

  /**
   * A step: the state before it, and what it computed.
   *
   * @param near by ReLU
   * @param scales largest input by ReLU
   */
  record Step(
      double loss,
      Map<String, Tensor> state,
      Map<String, Tensor> gradients,
      Map<String, List<Near>> near,
      Map<String, Double> scales) {}

  private final TensorArena arena = TensorArena.root("golden trajectory");
  private final List<CompletableFuture<Step>> steps = new ArrayList<>();
  private final GoldenErrors errors = new GoldenErrors("scalar HYBRID float64");
  private final Map<String, Tensor> afterwards = new LinkedHashMap<>();
  private final CompletableFuture<Void> run;

  GoldenTrajectory(double evaluationTolerance) {
    for (int i = 0; i < GoldenRun.STEPS; i++) {
      steps.add(new CompletableFuture<>());
    }
    run = CompletableFuture.runAsync(() -> run(evaluationTolerance));
    run.exceptionally(
        failure -> {
          steps.forEach(step -> step.completeExceptionally(failure));
          return null;
        });
  }

  /** A step, when it has been computed. */
  Step step(int i) {
    return steps.get(i).join();
  }

  /** Parameters and running statistics after the last step. */
  Map<String, Tensor> stateAfterwards() {
    run.join();
    return afterwards;
  }

  /** The comparison of the evaluation after the last step, when that has been done. */
  GoldenErrors errors() {
    run.join();
    return errors;
  }

  private void run(double evaluationTolerance) {
    try (GoldenRun run = new GoldenRun("scalar", DType.FLOAT64, Backprop.HYBRID)) {
      for (CompletableFuture<Step> step : steps) {
        Map<String, Tensor> before = copies(run.state());
        Map<String, List<Near>> near = new LinkedHashMap<>();
        Map<String, Double> scales = new LinkedHashMap<>();
        double loss =
            run.run(
                (relu, input) -> {
                  near.put(relu, nearZero(input));
                  scales.put(relu, GoldenErrors.largest(input));
                });
        step.complete(new Step(loss, before, copies(run.gradients()), near, scales));
      }
      afterwards.putAll(copies(run.state()));
      run.compareEvaluation("logits_eval_after6", errors, evaluationTolerance);
    }
  }

  private Map<String, Tensor> copies(Map<String, Tensor> tensors) {
    Map<String, Tensor> copies = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) -> {
          Tensor copy = arena.allocate(name, Category.PARAMETER, tensor.type());
          copy.copyFrom(tensor);
          copies.put(name, copy);
        });
    return copies;
  }

  private static List<Near> nearZero(Tensor input) {
    List<Near> near = new ArrayList<>();
    for (long i = 0; i < input.elements(); i++) {
      if (Math.abs(input.get(i)) < NEAR) {
        near.add(new Near(i, input.get(i)));
      }
    }
    return near;
  }

  void close() {
    run.join();
    arena.close();
  }
}
