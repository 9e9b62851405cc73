package org.quadralib.tornado;

import org.quadralib.graph.op.Conv2d;
import org.quadralib.graph.op.Conv2dInputGradient;
import org.quadralib.graph.op.Conv2dWeightGradient;
import org.quadralib.graph.op.Dense;
import org.quadralib.graph.op.DenseInputGradient;
import org.quadralib.graph.op.DenseWeightGradient;
import org.quadralib.graph.op.LinearOp;

/** The launches of linear maps and their gradients: dense maps are convolutions of one pixel. */
final class LinearLaunches {
  private final Operands at;

  LinearLaunches(Operands at) {
    this.at = at;
  }

  /** One launch for all maps. */
  Launch of(LinearOp op) {
    int maps = op.maps();
    return switch (op) {
      case Dense dense -> forward(Convolution.dense(at.shape(0), at.shape(1)), maps, dense.bias());
      case Conv2d conv ->
          forward(
              Convolution.of(conv.window(), conv.groups(), at.shape(0), at.shape(1).dim(0)),
              maps,
              conv.bias());
      case DenseInputGradient dense ->
          inputGradient(Convolution.dense(at.y().shape(), at.shape(maps)), maps);
      case Conv2dInputGradient conv ->
          inputGradient(
              Convolution.of(conv.window(), conv.groups(), at.y().shape(), at.shape(maps).dim(0)),
              maps);
      case DenseWeightGradient dense ->
          weightGradient(Convolution.dense(at.shape(0), at.y().shape()), maps);
      case Conv2dWeightGradient conv ->
          weightGradient(
              Convolution.of(conv.window(), conv.groups(), at.shape(0), at.shape(1).dim(1)), maps);
    };
  }

  private Launch forward(Convolution c, int maps, boolean bias) {
    Launch launch =
        Launch.of(Family.CONVOLUTION, maps * Operands.elements(at.y()))
            .and(c.arguments(maps))
            .and(at.x(0));
    for (int i = 0; i < maps; i++) {
      launch = launch.and(at.x(1 + i), bias ? at.x(1 + maps + i) : -1, at.y(i));
    }
    return launch;
  }

  private Launch inputGradient(Convolution c, int maps) {
    Launch launch =
        Launch.of(Family.CONVOLUTION_INPUT_GRADIENT, Operands.elements(at.y()))
            .and(c.arguments(maps))
            .and(at.y(0));
    for (int i = 0; i < maps; i++) {
      launch = launch.and(at.x(maps + i), -1, at.x(i));
    }
    return launch;
  }

  private Launch weightGradient(Convolution c, int maps) {
    Launch launch =
        Launch.of(Family.CONVOLUTION_WEIGHT_GRADIENT, maps * Operands.elements(at.y()))
            .and(c.arguments(maps))
            .and(at.x(0));
    for (int i = 0; i < maps; i++) {
      launch = launch.and(at.y(i), -1, at.x(1 + i));
    }
    return launch;
  }
}
