package org.quadralib.vector.conv;

/**
 * A sum over taps and channels, the common form of the convolution and of its input gradient:
 *
 * <pre>
 * out[r][p][q] = Σ_{c,t} w(r, c, t) · in[c][rows and columns of tap t]
 * </pre>
 *
 * Input channels c of a group run over {@code inputMaps} tensors one after the other, output rows r
 * over {@code outputMaps} tensors.
 *
 * @param batch images
 * @param groups independent groups of channels
 * @param inputMaps input tensors
 * @param inputChannels channels per group of one input tensor
 * @param height rows of an input plane
 * @param width columns of an input plane
 * @param taps what an output reads
 * @param outputMaps output tensors
 * @param outputChannels channels per group of one output tensor
 * @param rowStride floats in a weight map from one output channel to the next
 * @param channelStride floats in a weight map from one input channel to the next
 * @param groupStride floats in a weight map from one group to the next
 * @param planeHeight rows of an output plane
 * @param planeWidth columns of an output plane
 * @param firstY row of the plane that output row 0 goes to
 * @param stepY rows of the plane from one output row to the next
 * @param firstX column of the plane that output column 0 goes to
 * @param stepX columns of the plane from one output column to the next
 */
record TapProblem(
    int batch,
    int groups,
    int inputMaps,
    int inputChannels,
    int height,
    int width,
    Taps taps,
    int outputMaps,
    int outputChannels,
    int rowStride,
    int channelStride,
    int groupStride,
    int planeHeight,
    int planeWidth,
    int firstY,
    int stepY,
    int firstX,
    int stepX) {

  /** Several weight maps applied to one input. */
  static TapProblem forward(ConvShape s, int maps) {
    int kernel = s.kernelSize();
    int perFilter = s.channelsPerGroup() * kernel;
    return new TapProblem(
        s.batch(),
        s.groups(),
        1,
        s.channelsPerGroup(),
        s.height(),
        s.width(),
        Taps.forward(s),
        maps,
        s.filtersPerGroup(),
        perFilter,
        kernel,
        s.filtersPerGroup() * perFilter,
        s.outputHeight(),
        s.outputWidth(),
        0,
        1,
        0,
        1);
  }

  /** Sum of the input gradients of several weight maps, for one phase of the input's pixels. */
  static TapProblem inputGradient(ConvShape s, int maps, PhaseAxis rows, PhaseAxis columns) {
    int kernel = s.kernelSize();
    int perFilter = s.channelsPerGroup() * kernel;
    return new TapProblem(
        s.batch(),
        s.groups(),
        maps,
        s.filtersPerGroup(),
        s.outputHeight(),
        s.outputWidth(),
        Taps.inputGradient(s, rows, columns),
        1,
        s.channelsPerGroup(),
        kernel,
        perFilter,
        s.filtersPerGroup() * perFilter,
        s.height(),
        s.width(),
        rows.first(),
        s.strideHeight(),
        columns.first(),
        s.strideWidth());
  }

  /** The same with other reads. */
  TapProblem withTaps(Taps reads) {
    return new TapProblem(
        batch,
        groups,
        inputMaps,
        inputChannels,
        height,
        width,
        reads,
        outputMaps,
        outputChannels,
        rowStride,
        channelStride,
        groupStride,
        planeHeight,
        planeWidth,
        firstY,
        stepY,
        firstX,
        stepX);
  }

  /** Positions of a kernel, whether or not there is a tap for each. */
  int kernelSize() {
    return Math.min(rowStride, channelStride);
  }

  /** Weight maps: one per output tensor, or one per input tensor. */
  int weightMaps() {
    return Math.max(inputMaps, outputMaps);
  }

  /** Input channels of a group, over all input tensors. */
  int depthChannels() {
    return inputMaps * inputChannels;
  }

  /** Whether filters of 3 × 3 neighbouring taps move one pixel at a time over one group. */
  boolean isWinograd() {
    return groups == 1
        && taps.count() == 9
        && taps.maxY() == 2
        && taps.maxX() == 2
        && taps.strideY() == 1
        && taps.strideX() == 1
        && stepY == 1
        && stepX == 1
        && firstY == 0
        && firstX == 0;
  }
}
