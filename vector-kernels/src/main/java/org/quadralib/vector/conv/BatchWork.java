package org.quadralib.vector.conv;

/** What a {@link BatchConvolution} does with its rearranged input. */
sealed interface BatchWork permits BatchPhase, InterleavedBatch {
  /** Tasks, which may run in any order and at once. */
  int tasks();

  /** Floats of scratch memory of one thread. */
  int scratchFloats();

  /** As {@link TapKernel#runPixels}. */
  int runPixels();

  /**
   * Runs a task.
   *
   * @param own where the thread's scratch memory begins in {@code s}
   */
  void run(int task, long[] weights, Epilogue epilogue, float[] s, int own);
}
