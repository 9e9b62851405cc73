package org.quadralib.tornado;

import java.util.Optional;
import org.quadralib.tornado.kernel.ConvolutionKernels;
import org.quadralib.tornado.kernel.ElementwiseKernels;
import org.quadralib.tornado.kernel.LossKernels;
import org.quadralib.tornado.kernel.MovementKernels;
import org.quadralib.tornado.kernel.NormalizationKernels;
import org.quadralib.tornado.kernel.PoolingKernels;
import org.quadralib.tornado.kernel.TiledKernels;
import org.quadralib.tornado.kernel.UpdateKernels;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task8;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Which method is the kernel of a family. */
final class Kernels {

  private Kernels() {}

  /** The version of a family with local memory, for families that have one. */
  static Optional<
          Task8<
              KernelContext,
              FloatArray,
              IntArray,
              IntArray,
              FloatArray,
              IntArray,
              Integer,
              Integer>>
      tile(Family family) {
    return switch (family) {
      case CONVOLUTION -> Optional.of(TiledKernels::convolve);
      case CONVOLUTION_INPUT_GRADIENT -> Optional.of(TiledKernels::convolveInputGradient);
      case CONVOLUTION_WEIGHT_GRADIENT -> Optional.of(TiledKernels::convolveWeightGradient);
      case STATISTICS -> Optional.of(TiledKernels::batchStatistics);
      case NORMALIZE_GRADIENT_SUMS -> Optional.of(TiledKernels::normalizeGradientSums);
      default -> Optional.empty();
    };
  }

  /** The plain loop of a family. */
  static Task8<FloatArray, IntArray, IntArray, FloatArray, IntArray, Integer, Integer, Integer>
      loop(Family family) {
    return switch (family) {
      case UNARY -> ElementwiseKernels::unary;
      case UNARY_GRADIENT -> ElementwiseKernels::unaryGradient;
      case BINARY -> ElementwiseKernels::binary;
      case MUL_ADD -> ElementwiseKernels::mulAdd;
      case FILL -> ElementwiseKernels::fillConstant;
      case DROPOUT -> ElementwiseKernels::dropout;
      case COPY -> MovementKernels::copyPart;
      case SUM -> MovementKernels::sumAxes;
      case UNFOLD -> MovementKernels::unfoldPatches;
      case FOLD -> MovementKernels::foldPatches;
      case MAX_POOL -> PoolingKernels::maxPool;
      case MAX_POOL_GRADIENT -> PoolingKernels::maxPoolGradient;
      case AVERAGE_POOL -> PoolingKernels::averagePool;
      case AVERAGE_POOL_GRADIENT -> PoolingKernels::averagePoolGradient;
      case STATISTICS -> NormalizationKernels::batchStatistics;
      case NORMALIZE -> NormalizationKernels::normalizeBatch;
      case NORMALIZE_GRADIENT_SUMS -> NormalizationKernels::normalizeGradientSums;
      case NORMALIZE_GRADIENT -> NormalizationKernels::normalizeGradient;
      case SOFTMAX -> LossKernels::softmax;
      case LIKELIHOOD -> LossKernels::likelihood;
      case LIKELIHOOD_GRADIENT -> LossKernels::likelihoodGradient;
      case CORRECT -> LossKernels::correctPredictions;
      case SQUARES -> LossKernels::sumsOfSquares;
      case NORM -> LossKernels::globalNorm;
      case MOVING_AVERAGE -> UpdateKernels::movingAverage;
      case SGD -> UpdateKernels::sgd;
      case ADAM -> UpdateKernels::adam;
      case ADADELTA -> UpdateKernels::adadelta;
      case CONVOLUTION -> ConvolutionKernels::convolve;
      case CONVOLUTION_INPUT_GRADIENT -> ConvolutionKernels::convolveInputGradient;
      case CONVOLUTION_WEIGHT_GRADIENT -> ConvolutionKernels::convolveWeightGradient;
    };
  }
}
