package org.quadralib.vector.conv;

import jdk.incubator.vector.FloatVector;
import org.quadralib.vector.gemm.Memory;
import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.loop.Lanes;
import org.quadralib.vector.parallel.ParallelTask;
import org.quadralib.vector.parallel.WorkerPool;

/**
 * Writes sums as {@link StoreMaps} does, and takes mean and biased variance of each channel while
 * they are in the cache: of each run its mean, then the squares of the distances from it. Runs are
 * combined as Chan, Golub and LeVeque (1983) do, in their order, whichever threads computed them.
 */
final class StoreStatistics implements Epilogue, ParallelTask {
  private static final int LANES = Tile.LANES;

  /** Pixels of a run that repay what is done once per run. */
  private static final int LEAST_PIXELS = 64;

  /** Floats of scratch memory beyond which statistics are taken another way. */
  private static final long MOST_FLOATS = 1 << 20;

  private final StoreMaps store;
  private final int channels;
  private final int images;
  private final int plane;
  private final int runPixels;
  private final int runs; // of a plane

  private float[] scratch = new float[0];
  private int start;
  private long[] means = new long[0];
  private long[] variances = new long[0];

  /**
   * Plans statistics.
   *
   * @param problem what is computed, of one group or several
   * @param runPixels as {@link TapKernel#runPixels} says
   */
  StoreStatistics(TapProblem problem, int runPixels, StoreMaps store) {
    this.store = store;
    this.runPixels = runPixels;
    channels = problem.groups() * problem.outputChannels();
    images = problem.batch();
    plane = problem.planeHeight() * problem.planeWidth();
    runs = Math.ceilDiv(plane, runPixels);
  }

  /** Whether runs are known beforehand, long enough, and not too many. */
  static boolean suits(TapProblem problem, int runPixels) {
    long maps = problem.outputMaps() * (long) problem.groups() * problem.outputChannels();
    return runPixels >= LEAST_PIXELS
        && 2 * maps * problem.batch() * problem.planeHeight() * problem.planeWidth()
            <= MOST_FLOATS * runPixels;
  }

  /** Floats of scratch memory that all threads share. */
  int floats() {
    return 2 * store.outputs().length * channels * images * runs;
  }

  /** Says where the shared memory begins for the runs that follow. */
  void bind(float[] scratch, int start) {
    this.scratch = scratch;
    this.start = start;
  }

  @Override
  public void store(
      float[] sums, int at, int mapStride, int channel, int count, long position, int step) {
    store.store(sums, at, mapStride, channel, count, position, step);
    long planes = position / plane;
    int run = (int) (position - planes * plane) / runPixels;
    int image = (int) (planes / channels);
    for (int map = 0; map < store.outputs().length; map++) {
      int to = slot(map, channel) + 2 * (image * runs + run);
      float mean = sum(sums, at, count) / count;
      scratch[to] = mean;
      scratch[to + 1] = squares(sums, at, count, mean);
      at += mapStride;
    }
  }

  private int slot(int map, int channel) {
    return start + 2 * (map * channels + channel) * images * runs;
  }

  private static float sum(float[] s, int at, int count) {
    FloatVector a = FloatVector.zero(Tile.SPECIES);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    int i = 0;
    for (; i <= count - 4 * LANES; i += 4 * LANES) {
      a = a.add(FloatVector.fromArray(Tile.SPECIES, s, at + i));
      b = b.add(FloatVector.fromArray(Tile.SPECIES, s, at + i + LANES));
      c = c.add(FloatVector.fromArray(Tile.SPECIES, s, at + i + 2 * LANES));
      d = d.add(FloatVector.fromArray(Tile.SPECIES, s, at + i + 3 * LANES));
    }
    float sum = Lanes.sum(a.add(b).add(c.add(d)));
    for (; i < count; i++) {
      sum += s[at + i];
    }
    return sum;
  }

  private static float squares(float[] s, int at, int count, float mean) {
    FloatVector center = FloatVector.broadcast(Tile.SPECIES, mean);
    FloatVector a = FloatVector.zero(Tile.SPECIES);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    int i = 0;
    for (; i <= count - 4 * LANES; i += 4 * LANES) {
      FloatVector v = FloatVector.fromArray(Tile.SPECIES, s, at + i).sub(center);
      a = v.fma(v, a);
      v = FloatVector.fromArray(Tile.SPECIES, s, at + i + LANES).sub(center);
      b = v.fma(v, b);
      v = FloatVector.fromArray(Tile.SPECIES, s, at + i + 2 * LANES).sub(center);
      c = v.fma(v, c);
      v = FloatVector.fromArray(Tile.SPECIES, s, at + i + 3 * LANES).sub(center);
      d = v.fma(v, d);
    }
    float sum = Lanes.sum(a.add(b).add(c.add(d)));
    for (; i < count; i++) {
      float distance = s[at + i] - mean;
      sum += distance * distance;
    }
    return sum;
  }

  /**
   * Combines the runs of all channels.
   *
   * @param means addresses of the means of each map
   * @param variances addresses of the variances of each map
   */
  void combine(WorkerPool pool, long[] means, long[] variances) {
    this.means = means;
    this.variances = variances;
    pool.parallelFor(means.length, this);
  }

  /** Combines the runs of one map; called by the pool. */
  @Override
  public void run(int map, int worker) {
    for (int channel = 0; channel < channels; channel++) {
      int from = slot(map, channel);
      double sum = 0;
      for (int i = 0; i < images * runs; i++) {
        sum += (double) scratch[from + 2 * i] * pixels(i);
      }
      double count = (double) images * plane;
      double mean = sum / count;
      double distances = 0;
      for (int i = 0; i < images * runs; i++) {
        double shift = scratch[from + 2 * i] - mean;
        distances += scratch[from + 2 * i + 1] + pixels(i) * shift * shift;
      }
      Memory.set(means[map] + 4L * channel, (float) mean);
      Memory.set(variances[map] + 4L * channel, (float) (distances / count));
    }
  }

  /** Pixels of a run: in the last one of a plane they may be fewer. */
  private int pixels(int run) {
    return Math.min(runPixels, plane - run % runs * runPixels);
  }
}
