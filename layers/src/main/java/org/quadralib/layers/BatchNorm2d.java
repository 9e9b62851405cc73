package org.quadralib.layers;

import java.util.List;
import java.util.function.Supplier;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.BatchNormalize;
import org.quadralib.graph.op.BatchStatistics;

/**
 * Batch normalisation per channel of {@code [n, c, …]}. State: {@code weight, bias, running_mean,
 * running_var [c]}. The running statistics move by a tenth towards those of each training batch.
 */
public record BatchNorm2d(double epsilon) implements Layer {
  static final double DEFAULT_EPSILON = 1e-5;

  /** How far the running statistics move towards those of a batch. */
  public static final double DEFAULT_MOMENTUM = 0.1;

  /** With ε = 1e-5. */
  public BatchNorm2d() {
    this(DEFAULT_EPSILON);
  }

  @Override
  public Value trace(Trace trace, Value x) {
    Norm norm = Norm.declare(trace, x.shape().dim(1));
    if (trace.mode() == Mode.EVALUATE) {
      return trace
          .graph()
          .apply(
              new BatchNormalize(epsilon, false),
              x,
              norm.mean(),
              norm.variance(),
              norm.scale(),
              norm.shift());
    }
    List<Value> statistics = trace.graph().applyAll(new BatchStatistics(), List.of(x));
    norm.update(trace, x.shape(), statistics.get(0), statistics.get(1));
    Supplier<Value> normalized =
        () ->
            trace
                .graph()
                .apply(
                    new BatchNormalize(epsilon, true),
                    x,
                    statistics.get(0),
                    statistics.get(1),
                    norm.scale(),
                    norm.shift());
    // What normalises a recomputed value belongs to its block.
    return trace.isRecomputed(x) ? trace.recomputing(normalized) : normalized.get();
  }
}
