package org.quadralib.tornado;

import java.util.List;
import java.util.function.ToIntFunction;
import org.quadralib.graph.Node;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.*;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Shape;

/** The launches that compute a node. */
final class Launches {
  private final Operands at;
  private final int scratch;
  private final int threads;

  private Launches(Operands at, int scratch, int threads) {
    this.at = at;
    this.scratch = scratch;
    this.threads = threads;
  }

  /**
   * The launches of a node, in order.
   *
   * @param memory position of a value in device memory, in elements
   * @param integers position of an integer input
   * @param scratch position of the node's scratch memory
   * @param threads threads of a launch
   */
  static List<Launch> of(
      Node node,
      ToIntFunction<Value> memory,
      ToIntFunction<Value> integers,
      int scratch,
      int threads) {
    return new Launches(new Operands(node, memory, integers), scratch, threads).launches();
  }

  private List<Launch> launches() {
    MovementLaunches move = new MovementLaunches(at);
    return switch (at.node().op()) {
      case LinearOp op -> List.of(new LinearLaunches(at).of(op));
      case Elementwise op -> List.of(elementwise(op));
      case Unfold op ->
          List.of(
              windowed(
                  Family.UNFOLD, op.window(), at.node().inputs().get(0), at.y(), at.x(0), at.y(0)));
      case Fold op -> List.of(windowed(Family.FOLD, op.window(), at.y(), at.y(), at.x(0), at.y(0)));
      case MaxPool2d op ->
          List.of(
              windowed(
                  Family.MAX_POOL,
                  op.window(),
                  at.node().inputs().get(0),
                  at.y(),
                  at.x(0),
                  at.y(0)));
      case MaxPool2dGradient op ->
          List.of(
              windowed(
                  Family.MAX_POOL_GRADIENT,
                  op.window(),
                  at.y(),
                  at.y(),
                  at.x(0),
                  at.x(1),
                  at.y(0)));
      case AvgPool2d op ->
          List.of(
              windowed(
                      Family.AVERAGE_POOL,
                      op.window(),
                      at.node().inputs().get(0),
                      at.y(),
                      at.x(0),
                      at.y(0))
                  .and(op.countPadding() ? 1 : 0));
      case AvgPool2dGradient op ->
          List.of(
              windowed(Family.AVERAGE_POOL_GRADIENT, op.window(), at.y(), at.y(), at.x(0), at.y(0))
                  .and(op.countPadding() ? 1 : 0));
      case BatchStatistics op -> List.of(statistics());
      case BatchNormalize op -> List.of(normalize(op));
      case BatchNormGradient op -> normalizeGradient(op);
      case Sum op -> List.of(move.sum());
      case Broadcast op -> List.of(move.broadcast());
      case Transpose op -> List.of(move.transpose(op));
      case Concat op -> move.concat(op);
      case Slice op -> List.of(move.slice(op));
      case Pad op -> move.pad(op);
      case Reshape op -> List.of();
      case Fill op ->
          List.of(Launch.of(Family.FILL, Operands.elements(at.y()), at.y(0)).with(op.value()));
      case Softmax op -> List.of(softmax(op));
      case NegativeLogLikelihood op -> List.of(likelihood(op));
      case NegativeLogLikelihoodGradient op -> List.of(likelihoodGradient(op));
      case CorrectPredictions op -> List.of(correct());
      case GlobalNorm op -> globalNorm();
      case StateUpdate op -> List.of(UpdateLaunches.of(op, at));
      case Composite op ->
          throw new UnsupportedOperationException("the tornado backend runs no composites: " + op);
    };
  }

  // Elementwise

  private Launch elementwise(Elementwise op) {
    int n = Operands.elements(at.y());
    return switch (op) {
      case Unary unary ->
          Launch.of(Family.UNARY, n, at.x(0), at.y(0), unary.function().ordinal())
              .with(unary.a(), unary.b());
      case UnaryGradient gradient ->
          Launch.of(
                  Family.UNARY_GRADIENT,
                  n,
                  at.x(0),
                  at.x(1),
                  at.y(0),
                  gradient.function().ordinal())
              .with(gradient.a());
      case Binary binary -> binary(binary, n);
      case MulAdd mulAdd -> Launch.of(Family.MUL_ADD, n, at.x(0), at.x(1), at.x(2), at.y(0));
      case Dropout dropout -> dropout(dropout, n);
    };
  }

  private Launch binary(Binary op, int n) {
    Strided index =
        Strided.of(
            at.y().shape().dims(),
            Strided.broadcast(at.shape(0), at.y().shape()),
            Strided.broadcast(at.shape(1), at.y().shape()));
    return Launch.of(Family.BINARY, n, at.x(0), at.x(1), at.y(0), op.function().ordinal())
        .and(index.arguments());
  }

  private Launch dropout(Dropout op, int n) {
    int counter = at.integers(1);
    int threshold = (int) Math.ceil(op.rate() * 0x1p24);
    return Launch.of(Family.DROPOUT, n, at.x(0), at.y(0), counter)
        .with(1 / (1 - op.rate()))
        .and(threshold, (int) op.stream(), (int) (op.stream() >>> 32));
  }

  // Windows

  private Launch windowed(
      Family family, Window window, Value image, Value counted, int... operands) {
    return Launch.of(family, Operands.elements(counted))
        .and(operands)
        .and(window(window, image.shape()));
  }

  private static int[] window(Window w, Shape image) {
    int height = image.dim(2);
    int width = image.dim(3);
    return new int[] {
      height,
      width,
      w.outputHeight(height),
      w.outputWidth(width),
      w.kernelHeight(),
      w.kernelWidth(),
      w.strideHeight(),
      w.strideWidth(),
      w.paddingHeight(),
      w.paddingWidth(),
      w.dilationHeight(),
      w.dilationWidth()
    };
  }

  // Normalisation

  private static int inner(Shape shape) {
    return shape.span(2, shape.rank());
  }

  private Launch statistics() {
    Shape x = at.shape(0);
    return Launch.of(Family.STATISTICS, x.dim(1), at.x(0), at.y(0), at.y(1), x.dim(0), inner(x));
  }

  private Launch normalize(BatchNormalize op) {
    Shape x = at.shape(0);
    return Launch.of(
            Family.NORMALIZE,
            Operands.elements(at.y()),
            at.x(0),
            at.x(1),
            at.x(2),
            at.x(3),
            at.x(4),
            at.y(0),
            x.dim(1),
            inner(x))
        .with(op.epsilon());
  }

  private List<Launch> normalizeGradient(BatchNormGradient op) {
    Shape x = at.shape(1);
    double share = 1.0 / ((double) x.dim(0) * inner(x));
    return List.of(
        Launch.of(
                Family.NORMALIZE_GRADIENT_SUMS,
                x.dim(1),
                at.x(0),
                at.x(1),
                at.x(2),
                at.x(3),
                at.y(1),
                at.y(2),
                x.dim(0),
                inner(x))
            .with(op.epsilon()),
        Launch.of(
                Family.NORMALIZE_GRADIENT,
                Operands.elements(at.y()),
                at.x(0),
                at.x(1),
                at.x(2),
                at.x(3),
                at.x(4),
                at.y(1),
                at.y(2),
                at.y(0),
                x.dim(1),
                inner(x))
            .with(op.epsilon(), share));
  }

  // Losses

  private Launch softmax(Softmax op) {
    int classes = at.shape(0).rank() == 0 ? 1 : at.shape(0).dim(-1);
    return Launch.of(
        Family.SOFTMAX,
        Operands.elements(at.y()) / classes,
        at.x(0),
        at.y(0),
        classes,
        op.log() ? 1 : 0);
  }

  private Launch likelihood(NegativeLogLikelihood op) {
    int classes = at.shape(0).dim(1);
    return Launch.of(
            Family.LIKELIHOOD, 1, at.x(0), at.integers(1), at.y(0), at.shape(0).dim(0), classes)
        .with(1 - op.smoothing(), op.smoothing() / classes);
  }

  private Launch likelihoodGradient(NegativeLogLikelihoodGradient op) {
    return Launch.of(
            Family.LIKELIHOOD_GRADIENT,
            Operands.elements(at.y()),
            at.x(0),
            at.integers(1),
            at.y(0),
            at.y().shape().dim(0),
            op.classes())
        .with(1 - op.smoothing(), op.smoothing() / op.classes());
  }

  private Launch correct() {
    Shape logits = at.shape(0);
    return Launch.of(
        Family.CORRECT, 1, at.x(0), at.integers(1), at.y(0), logits.dim(0), logits.dim(1));
  }

  private List<Launch> globalNorm() {
    int[] tensors = new int[2 * at.node().inputs().size()];
    for (int i = 0; i < at.node().inputs().size(); i++) {
      tensors[2 * i] = at.x(i);
      tensors[2 * i + 1] = Operands.elements(at.node().inputs().get(i));
    }
    return List.of(
        Launch.of(Family.SQUARES, at.node().inputs().size(), scratch).and(tensors),
        Launch.of(Family.NORM, 1, scratch, at.y(0), threads));
  }

  /** Whether integers occur only where kernels take them: labels and dropout's counter. */
  static boolean takes(Op op, List<org.quadralib.tensor.TensorType> operands) {
    boolean lastIsInteger =
        op instanceof NegativeLogLikelihood
            || op instanceof NegativeLogLikelihoodGradient
            || op instanceof CorrectPredictions
            || op instanceof Dropout;
    for (int i = 0; i < operands.size(); i++) {
      boolean integer = lastIsInteger && i == operands.size() - 1;
      if (!integer && operands.get(i).dtype() != DType.FLOAT32) {
        return false;
      }
    }
    return !(op instanceof Fill fill) || fill.type().dtype() == DType.FLOAT32;
  }
}
