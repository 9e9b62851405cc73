package org.quadralib.train;

/** Training that produced an infinite loss, or weights that are no numbers. */
public final class DivergenceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int epoch;
  private final long step;
  private final double learningRate;

  DivergenceException(String what, int epoch, long step, double learningRate, String kept) {
    super(
        "%s in epoch %d at step %d with learning rate %s; try a lower rate, a warm-up, or clipping of gradients%s"
            .formatted(what, epoch + 1, step, learningRate, kept));
    this.epoch = epoch;
    this.step = step;
    this.learningRate = learningRate;
  }

  /** The epoch, from 0. */
  public int epoch() {
    return epoch;
  }

  /** The step of the whole run, from 0. */
  public long step() {
    return step;
  }

  /** The learning rate of that step. */
  public double learningRate() {
    return learningRate;
  }
}
