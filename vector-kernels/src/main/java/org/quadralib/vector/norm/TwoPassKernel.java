package org.quadralib.vector.norm;

import org.quadralib.backend.Kernel;
import org.quadralib.backend.Memory;
import org.quadralib.vector.loop.RowTiles;
import org.quadralib.vector.parallel.ParallelTask;
import org.quadralib.vector.parallel.WorkerPool;
import org.quadralib.vector.reduce.Layout;
import org.quadralib.vector.reduce.Reduction;

/**
 * A kernel that reads tensors {@code [n, c, …]} twice: for sums per channel, and for results that
 * follow from them. A task takes some channels of all images through both passes, so that the
 * second finds in a cache what the first has read, the last image first. Where there are fewer such
 * tasks than threads, the passes are shared out one after the other. The sums are the same.
 */
abstract class TwoPassKernel implements Kernel {
  /** Elements of an image that a task has at least, if that leaves {@link #TASKS} tasks. */
  private static final int RUN = 1024;

  private static final int TASKS = 16;

  /** Channels of a task are a multiple of this where vectors run across them. */
  private static final int WHOLE = 16;

  /** What is done with some channels. */
  @FunctionalInterface
  private interface Stage {
    void run(int first, int end);
  }

  final Layout layout;
  final ChannelPattern pattern;

  private final WorkerPool pool;
  private final RowTiles tiles;
  private final int begun;
  private final int numbers;
  private final int channelsPerTask;
  private final int tasks;
  private final Stage[] stages = {this::begin, this::reduce, this::finish, this::results};
  private final ParallelTask both = this::both;
  private final ParallelTask second = this::second;

  /**
   * Cuts the work. The numbers come first in the scratch memory.
   *
   * @param begun numbers of a channel that {@link #begin} sets
   * @param numbers all numbers of a channel
   */
  TwoPassKernel(Layout layout, Memory memory, WorkerPool pool, int begun, int numbers) {
    this.begun = begun;
    this.numbers = numbers;
    this.layout = layout;
    this.pool = pool;
    pattern = new ChannelPattern(layout, memory.scratch().address());
    tiles = ChannelPattern.tiles(layout);
    int channels = Math.max(1, Math.min(RUN / Math.max(layout.inner(), 1), layout.kept() / TASKS));
    channelsPerTask = layout.byColumns() ? Math.ceilDiv(channels, WHOLE) * WHOLE : channels;
    tasks = Math.ceilDiv(layout.kept(), channelsPerTask);
  }

  /** The sums. */
  abstract Reduction sums();

  /** Sets the numbers of a channel that the sums depend on. */
  abstract void begin(int channel);

  /** Sets those that depend on the sums, and results per channel. */
  abstract void finish(int channel);

  /**
   * Computes results of one channel.
   *
   * @param at offset of the first, in bytes
   * @param number where the first number of the channel is
   */
  abstract void plane(long at, int count, long number);

  /**
   * Computes results of several channels.
   *
   * @param at offset of the first, in bytes
   * @param number where the first number of the first result is
   */
  abstract void columns(long at, int count, long number);

  @Override
  public final void run() {
    if (tasks >= pool.threads()) {
      pool.parallelFor(tasks, both);
    } else {
      begin(0, layout.kept());
      sums().run();
      finish(0, layout.kept());
      pool.parallelFor(tiles.tasks(), second);
    }
  }

  private void both(int task, int worker) {
    int first = task * channelsPerTask;
    int end = Math.min(layout.kept(), first + channelsPerTask);
    // All go through one call, so that the compiler inlines none: together they would exceed its
    // limit, and vectors be boxed.
    for (Stage stage : stages) {
      stage.run(first, end);
    }
  }

  private void reduce(int first, int end) {
    sums().reduce(first, end);
  }

  private void results(int first, int end) {
    for (int image = layout.outer() - 1; image >= 0; image--) {
      long row = (long) image * layout.kept();
      if (layout.byColumns()) {
        int count = (end - first) * layout.inner();
        long number = pattern.address(0) + 4L * first * layout.inner();
        columns(4 * (row + first) * layout.inner(), count, number);
      } else {
        for (int channel = first; channel < end; channel++) {
          long number = pattern.address(0) + 4L * channel;
          plane(4 * (row + channel) * layout.inner(), layout.inner(), number);
        }
      }
    }
  }

  private void second(int task, int worker) {
    int first = tiles.firstElement(task);
    int count = tiles.elements(task);
    for (long row = tiles.firstRow(task); row < tiles.endRow(task); row++) {
      long at = 4 * (row * tiles.length() + first);
      if (layout.byColumns()) {
        columns(at, count, pattern.address(0) + 4L * first);
      } else {
        plane(at, count, pattern.address(0) + 4 * (row % layout.kept()));
      }
    }
  }

  private void begin(int first, int end) {
    for (int channel = first; channel < end; channel++) {
      begin(channel);
    }
    pattern.repeat(0, begun, first, end);
  }

  private void finish(int first, int end) {
    for (int channel = first; channel < end; channel++) {
      finish(channel);
    }
    pattern.repeat(begun, numbers, first, end);
  }
}
