package org.quadralib.vector.conv;

import java.util.Arrays;
import org.quadralib.vector.gemm.Memory;
import org.quadralib.vector.gemm.SquaresTile;
import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.gemm.Transpose;
import org.quadralib.vector.parallel.ParallelTask;
import org.quadralib.vector.parallel.WorkerPool;

/**
 * A {@link TapProblem} of 3 × 3 taps on planes of 2 × 2 pixels, as the last layers of deep networks
 * have them: many weights, each used for few pixels. Lanes are images, so that weights are
 * broadcast from where they lie, neither transposed nor transformed, and each is read once. Each of
 * the sixteen pairs of an input and an output pixel meets exactly one tap: the nine taps hold the
 * four output pixels of an input pixel at {@code base + {0, 1, 3, 4}}, in the order of the pixels
 * or, for the convolution itself, against it.
 */
final class TwoByTwoConvolution implements TapKernel, ParallelTask {
  private static final int PIXELS = 4;
  private static final int TAPS = 9;
  private static final int LANES = Tile.LANES;

  /** Images of a group: the columns of a register tile. */
  private static final int IMAGES = Tile.COLUMNS;

  /** Output channels of a register tile. */
  private static final int TILE_CHANNELS = Tile.ROWS / PIXELS;

  private static final int TILE_FLOATS = Tile.ROWS * IMAGES;

  /** Output channels of a task, at least and at most. */
  private static final int LEAST_BLOCK = 16;

  private static final int MOST_BLOCK = 64;

  /** Tasks for which blocks are made smaller than they might be. */
  private static final int TASKS = 16;

  /** Weights that are copied at a time: they should stay in the second-level cache. */
  private static final int PACKED_FLOATS = 80 * 1024;

  /** Input channels whose weights and pixels are used at a time: they should stay in a cache. */
  private static final int DEPTH = 64;

  /** Groups of images of a task: their sums should stay in a cache. */
  private static final int MOST_GROUPS = 8;

  /** Floats of the rearranged input beyond which another way is taken. */
  private static final long MOST_FLOATS = 4 << 20;

  private final TapProblem problem;
  private final boolean backwards;
  private final int groups;
  private final int groupStride;
  private final int inputBlocks;
  private final int outputBlocks;
  private final int block; // output channels of a task
  private final int packedInputs; // input channels whose weights are copied at a time
  private final int taskGroups;
  private final int rowStep; // from one output channel's weights to the next, as packed
  private final int depthStep; // from one input channel's weights to the next
  private final int[] reads;
  private final int weightFloats;
  private final int sumFloats; // of one group of images
  private final int imageStride; // in what is handed over
  private final int mapStride;
  private final int workerFloats;

  private long[] input = new long[0];
  private long[] weights = new long[0];
  private Epilogue epilogue = (sums, at, mapStride, channel, count, position, step) -> {};
  private float[] scratch = new float[0];
  private boolean arranging;

  TwoByTwoConvolution(TapProblem problem) {
    this.problem = problem;
    backwards = problem.taps().weightAt(0, 0) == 0;
    groups = Math.ceilDiv(problem.batch(), IMAGES);
    // One vector more than needed, lest all groups share a few cache sets.
    groupStride = problem.depthChannels() * PIXELS * IMAGES + LANES;
    inputBlocks = Math.ceilDiv(problem.inputChannels(), LANES);
    taskGroups = Math.min(groups, MOST_GROUPS);
    boolean rowsLieTogether = problem.channelStride() == TAPS;
    // Long runs of memory are read faster than short ones: those of few rows, or of wide ones.
    if (rowsLieTogether) {
      block = LEAST_BLOCK;
      int fit = Math.max(1, PACKED_FLOATS / (block * TAPS * DEPTH)) * DEPTH;
      packedInputs = Math.min(problem.inputChannels(), fit);
      rowStep = packedInputs * TAPS + LANES;
      depthStep = TAPS;
    } else {
      int share = Math.ceilDiv(problem.outputChannels(), TASKS);
      block = Math.clamp(Tile.roundUp(share, LEAST_BLOCK), LEAST_BLOCK, MOST_BLOCK);
      packedInputs = DEPTH;
      rowStep = TAPS;
      depthStep = block * TAPS;
    }
    outputBlocks = Math.ceilDiv(problem.outputChannels(), block);
    reads = new int[DEPTH * PIXELS];
    for (int i = 0; i < reads.length; i++) {
      int pixel = i % PIXELS;
      int base = backwards ? pixel : PIXELS - 1 - pixel;
      reads[i] = i / PIXELS * depthStep + base / 2 * 3 + base % 2;
    }
    weightFloats = Tile.roundUp(Math.max(block * rowStep, packedInputs * depthStep), LANES);
    sumFloats = problem.outputMaps() * block * PIXELS * IMAGES;
    imageStride = block * PIXELS + LANES;
    mapStride = IMAGES * imageStride;
    int multiply =
        weightFloats + TILE_FLOATS + taskGroups * sumFloats + problem.outputMaps() * mapStride;
    int arrange = IMAGES * arrangeStride();
    workerFloats = Tile.roundUp(Math.max(multiply, arrange), LANES);
  }

  private static int arrangeStride() {
    return LANES * PIXELS + LANES;
  }

  /** Whether this is such a problem, and images fill the vectors. */
  static boolean suits(TapProblem problem) {
    Taps taps = problem.taps();
    return problem.isWinograd()
        && problem.height() == 2
        && problem.width() == 2
        && problem.planeHeight() == 2
        && problem.planeWidth() == 2
        && taps.padTop() == 1
        && taps.padLeft() == 1
        && 4 * problem.batch() >= 3 * Tile.roundUp(problem.batch(), IMAGES)
        && (long) PIXELS * problem.depthChannels() * Tile.roundUp(problem.batch(), IMAGES)
            <= MOST_FLOATS;
  }

  @Override
  public String algorithm() {
    return "images in lanes";
  }

  @Override
  public int scratchFloats(int threads) {
    return Tile.SCRATCH_START + groups * groupStride + threads * workerFloats;
  }

  @Override
  public void run(
      WorkerPool pool, long[] input, long[] weights, Epilogue epilogue, float[] scratch) {
    this.input = input;
    this.weights = weights;
    this.epilogue = epilogue;
    this.scratch = scratch;
    arranging = true;
    pool.parallelFor(groups * problem.inputMaps() * inputBlocks, this);
    arranging = false;
    pool.parallelFor(outputBlocks * Math.ceilDiv(groups, taskGroups), this);
  }

  /** One task of the loop in progress; called by the pool. */
  @Override
  public void run(int task, int worker) {
    int own = Tile.SCRATCH_START + groups * groupStride + worker * workerFloats;
    if (arranging) {
      int blocks = problem.inputMaps() * inputBlocks;
      arrange(task / blocks, task % blocks, scratch, own);
    } else {
      multiply(task % outputBlocks * block, task / outputBlocks * taskGroups, scratch, own);
    }
  }

  private int imagesOf(int group) {
    return Math.min(IMAGES, problem.batch() - group * IMAGES);
  }

  /** Transposes a vector of channels of a group of images: {@code [channels][pixels][IMAGES]}. */
  private void arrange(int group, int block, float[] s, int free) {
    int map = block / inputBlocks;
    int channel = block % inputBlocks * LANES;
    int floats = Math.min(LANES, problem.inputChannels() - channel) * PIXELS;
    int to =
        Tile.SCRATCH_START
            + group * groupStride
            + (map * problem.inputChannels() + channel) * PIXELS * IMAGES;
    int images = imagesOf(group);
    if (images < IMAGES) {
      Arrays.fill(s, to, to + floats * IMAGES, 0f);
    }
    int stride = arrangeStride();
    for (int i = 0; i < images; i++) {
      long image = (long) (group * IMAGES + i) * problem.inputChannels() + channel;
      Memory.read(input[map] + 4 * image * PIXELS, s, free + i * stride, floats);
    }
    Transpose.apply(s, free, stride, to, IMAGES, images, floats);
  }

  /** Computes a block of output channels of all maps for some groups of images. */
  private void multiply(int firstChannel, int firstGroup, float[] s, int own) {
    int endGroup = Math.min(groups, firstGroup + taskGroups);
    int channels = Math.min(block, problem.outputChannels() - firstChannel);
    int tile = own + weightFloats;
    int sums = tile + TILE_FLOATS;
    for (int map = 0; map < problem.outputMaps(); map++) {
      for (int in = 0; in < problem.inputMaps(); in++) {
        for (int first = 0; first < problem.inputChannels(); first += DEPTH) {
          int depth = Math.min(DEPTH, problem.inputChannels() - first);
          int packed = first % packedInputs;
          if (packed == 0) {
            int inputs = Math.min(packedInputs, problem.inputChannels() - first);
            pack(weights[map + in], firstChannel, channels, first, inputs, s, own);
          }
          int w = own + packed * depthStep;
          int pixels =
              Tile.SCRATCH_START + (in * problem.inputChannels() + first) * PIXELS * IMAGES;
          for (int group = firstGroup; group < endGroup; group++) {
            int x = pixels + group * groupStride;
            int to = sums + (group - firstGroup) * sumFloats + map * block * PIXELS * IMAGES;
            boolean add = in > 0 || first > 0;
            multiply(channels, depth, s, w, x, add ? tile : to, to, add);
          }
        }
      }
    }
    for (int group = firstGroup; group < endGroup; group++) {
      int from = sums + (group - firstGroup) * sumFloats;
      store(firstChannel, group, channels, s, from, sums + taskGroups * sumFloats);
    }
  }

  /** Copies the weights between some output and some input channels. */
  private void pack(
      long map, int firstOutput, int outputs, int firstInput, int inputs, float[] s, int to) {
    long from =
        map + 4L * firstOutput * problem.rowStride() + 4L * firstInput * problem.channelStride();
    if (depthStep == TAPS) {
      for (int i = 0; i < outputs; i++) {
        Memory.read(from + 4L * i * problem.rowStride(), s, to + i * rowStep, inputs * TAPS);
      }
    } else {
      for (int i = 0; i < inputs; i++) {
        Memory.read(from + 4L * i * problem.channelStride(), s, to + i * depthStep, outputs * TAPS);
      }
    }
  }

  private void multiply(
      int channels, int depth, float[] s, int w, int x, int tile, int to, boolean add) {
    int step = TILE_CHANNELS * PIXELS * IMAGES;
    for (int c = 0; c < channels; c += TILE_CHANNELS) {
      int first = w + c * rowStep;
      if (backwards) {
        int last = first + (TILE_CHANNELS - 1) * rowStep;
        int end = tile + step - IMAGES;
        SquaresTile.apply(depth * PIXELS, s, last, -rowStep, reads, x, end, -IMAGES);
      } else {
        SquaresTile.apply(depth * PIXELS, s, first, rowStep, reads, x, tile, IMAGES);
      }
      if (add) {
        Tile.add(s, tile, to, step);
      } else {
        tile += step;
      }
      to += step;
    }
  }

  private void store(int firstChannel, int group, int channels, float[] s, int sums, int free) {
    int images = imagesOf(group);
    for (int map = 0; map < problem.outputMaps(); map++) {
      int from = sums + map * block * PIXELS * IMAGES;
      Transpose.apply(
          s, from, IMAGES, free + map * mapStride, imageStride, channels * PIXELS, images);
    }
    for (int i = 0; i < images; i++) {
      long image = (long) (group * IMAGES + i) * problem.outputChannels();
      for (int c = 0; c < channels; c++) {
        int channel = firstChannel + c;
        long position = (image + channel) * PIXELS;
        int at = free + i * imageStride + c * PIXELS;
        epilogue.store(s, at, mapStride, channel, PIXELS, position, 1);
      }
    }
  }
}
