package org.quadralib.bench.versus;

/**
 * Something that trains a network and infers with it: the library or a peer. All calls come from
 * one thread, and a contestant computes only while a call lasts.
 */
public interface Contestant extends AutoCloseable {
  /** Most numbers of a result that are compared. */
  int SAMPLE = 4096;

  /** Short name, as users select it. */
  String name();

  /** Name and versions, for people. */
  String description();

  /** Number of threads it says it computes with. */
  int threads();

  /** Every {@link #stride}-th number of the network's output in evaluation mode. */
  float[] evaluate();

  /** Infers so many times, in evaluation mode. */
  Timing infer(int runs);

  /** Trains so many steps. */
  Timing train(int steps);

  /** The forward pass in training mode, without anything kept for a backward pass. */
  Timing forward(int runs);

  /**
   * The forward pass in training mode and, for {@link Workload#upstream}, the gradients of the
   * input and of all parameters.
   */
  Timing forwardAndBackward(int runs);

  /** Every {@link #stride}-th number of the input's gradient in the last such run. */
  float[] inputGradient();

  /** Ends it and frees what it holds. */
  @Override
  void close();

  /** Distance of the numbers of a result that are compared. */
  static long stride(long elements) {
    return Math.max(1, elements / SAMPLE);
  }

  /**
   * How long it took.
   *
   * @param millis for one run, the mean of those asked for
   * @param loss of the last training step before its update; otherwise NaN
   */
  record Timing(double millis, double loss) {
    /** The mean of several training steps that took so long together. */
    public static Timing of(long nanos, int steps, double loss) {
      return new Timing(nanos / 1e6 / steps, loss);
    }

    /** The mean of several runs. */
    public static Timing measure(int runs, Runnable run) {
      long start = System.nanoTime();
      for (int i = 0; i < runs; i++) {
        run.run();
      }
      return of(System.nanoTime() - start, runs, Double.NaN);
    }
  }
}
