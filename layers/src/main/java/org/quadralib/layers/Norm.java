package org.quadralib.layers;

import java.util.List;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.MovingAverage;
import org.quadralib.tensor.Shape;

/** The state of a batch normalisation: {@code weight} γ, {@code bias} β and running statistics. */
record Norm(Value scale, Value shift, Value mean, Value variance) {
  static Norm declare(Trace trace, int channels) {
    return declare(trace, channels, 1, 0, ParameterSpec.Order.FIRST);
  }

  /** A normalisation with first values of γ and β, of a term of some order. */
  static Norm declare(
      Trace trace, int channels, double scale, double shift, ParameterSpec.Order order) {
    Shape shape = Shape.of(channels);
    Initializer zero = Initializer.constant(0);
    Initializer one = Initializer.constant(1);
    return new Norm(
        trace.parameter(
            "weight", shape, Initializer.constant(scale), ParameterSpec.Kind.NORM_SCALE, order),
        trace.parameter(
            "bias", shape, Initializer.constant(shift), ParameterSpec.Kind.NORM_SHIFT, order),
        trace.parameter("running_mean", shape, zero, ParameterSpec.Kind.STATISTIC),
        trace.parameter("running_var", shape, one, ParameterSpec.Kind.STATISTIC));
  }

  List<Value> running() {
    return List.of(mean, variance);
  }

  /**
   * Moves the running statistics towards those of a batch. The running variance is the unbiased
   * one.
   *
   * @param x shape of what was normalised
   */
  void update(Trace trace, Shape x, Value batchMean, Value batchVariance) {
    double count = (double) x.elements() / x.dim(1);
    double unbiased = count > 1 ? count / (count - 1) : 1;
    double momentum = BatchNorm2d.DEFAULT_MOMENTUM;
    trace.graph().apply(new MovingAverage(momentum, 1), mean, batchMean);
    trace.graph().apply(new MovingAverage(momentum, unbiased), variance, batchVariance);
  }
}
