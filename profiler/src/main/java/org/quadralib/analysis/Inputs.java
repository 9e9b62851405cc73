package org.quadralib.analysis;

import java.lang.foreign.MemorySegment;
import org.quadralib.tensor.Tensor;

/** Copies images into plans. */
final class Inputs {
  private Inputs() {}

  /** Number of images in {@code [n, …]}. */
  static int count(Tensor images) {
    return images.shape().dim(0);
  }

  /** Copies images from one place in a batch on into another batch. */
  static void copy(Tensor images, int first, int count, Tensor batch) {
    long bytes = images.segment().byteSize() / count(images);
    MemorySegment.copy(images.segment(), first * bytes, batch.segment(), 0, count * bytes);
  }
}
