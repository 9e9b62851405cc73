package org.quadralib.bench.versus;

/**
 * Something that trains a model and infers with it: the library or a peer. All calls come from one
 * thread, and a contestant computes only while a call lasts.
 */
public interface Contestant extends AutoCloseable {
  /** Short name, as users select it. */
  String name();

  /** Name and versions, for people. */
  String description();

  /** Number of threads it says it computes with. */
  int threads();

  /** The logits {@code [batch, classes]} of the batch in evaluation mode. */
  float[] evaluate();

  /** Trains so many steps on the batch. */
  Timing train(int steps);

  /** Infers so many times on the batch, in evaluation mode. */
  Timing infer(int runs);

  /** Ends it and frees what it holds. */
  @Override
  void close();

  /**
   * How long it took.
   *
   * @param millis for one step, the mean of those asked for
   * @param loss of the last training step before its update; NaN after inference
   */
  record Timing(double millis, double loss) {
    /** The mean of several steps that took so long together. */
    public static Timing of(long nanos, int steps, double loss) {
      return new Timing(nanos / 1e6 / steps, loss);
    }
  }
}
