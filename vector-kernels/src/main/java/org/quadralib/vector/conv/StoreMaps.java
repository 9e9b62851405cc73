package org.quadralib.vector.conv;

import org.quadralib.vector.gemm.Memory;

/** Writes the sums of each map, plus its bias, to an output tensor of its own. */
final class StoreMaps implements Epilogue {
  private final long[] outputs;
  private final long[] biases;

  /** Whether {@code biases} holds addresses. */
  private boolean biased;

  StoreMaps(int maps) {
    outputs = new long[maps];
    biases = new long[maps];
  }

  /** Addresses of the output tensors, to be set before a run. */
  long[] outputs() {
    return outputs;
  }

  /** Addresses of the biases, to be set before a run that has them. */
  long[] biases() {
    return biases;
  }

  void setBiased(boolean biased) {
    this.biased = biased;
  }

  boolean isBiased() {
    return biased;
  }

  @Override
  public void store(
      float[] sums, int at, int mapStride, int channel, int count, long position, int step) {
    for (int i = 0; i < outputs.length; i++) {
      float bias = biased ? Memory.get(biases[i] + 4L * channel) : 0f;
      long address = outputs[i] + 4 * position;
      if (step == 1) {
        Memory.write(sums, at, count, bias, address);
      } else {
        for (int p = 0; p < count; p++) {
          Memory.set(address + 4L * p * step, sums[at + p] + bias);
        }
      }
      at += mapStride;
    }
  }
}
