package org.quadralib.tornado;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import org.quadralib.graph.Node;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.*;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Shape;

/** The launches that compute a node. */
final class Launches {
  private final ToIntFunction<Value> memory;
  private final ToIntFunction<Value> integers;
  private final Node node;
  private final int scratch;
  private final int threads;

  private Launches(
      Node node,
      ToIntFunction<Value> memory,
      ToIntFunction<Value> integers,
      int scratch,
      int threads) {
    this.node = node;
    this.memory = memory;
    this.integers = integers;
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
    return new Launches(node, memory, integers, scratch, threads).launches();
  }

  private List<Launch> launches() {
    return switch (node.op()) {
      case LinearOp op -> List.of(linear(op));
      case Elementwise op -> List.of(elementwise(op));
      case Unfold op ->
          List.of(windowed(Family.UNFOLD, op.window(), node.inputs().get(0), y(), x(0), y(0)));
      case Fold op -> List.of(windowed(Family.FOLD, op.window(), y(), y(), x(0), y(0)));
      case MaxPool2d op ->
          List.of(windowed(Family.MAX_POOL, op.window(), node.inputs().get(0), y(), x(0), y(0)));
      case MaxPool2dGradient op ->
          List.of(windowed(Family.MAX_POOL_GRADIENT, op.window(), y(), y(), x(0), x(1), y(0)));
      case AvgPool2d op ->
          List.of(
              windowed(Family.AVERAGE_POOL, op.window(), node.inputs().get(0), y(), x(0), y(0))
                  .and(op.countPadding() ? 1 : 0));
      case AvgPool2dGradient op ->
          List.of(
              windowed(Family.AVERAGE_POOL_GRADIENT, op.window(), y(), y(), x(0), y(0))
                  .and(op.countPadding() ? 1 : 0));
      case BatchStatistics op -> List.of(statistics());
      case BatchNormalize op -> List.of(normalize(op));
      case BatchNormGradient op -> normalizeGradient(op);
      case Sum op -> List.of(sum());
      case Broadcast op -> List.of(broadcast());
      case Transpose op -> List.of(transpose(op));
      case Concat op -> concat(op);
      case Slice op -> List.of(slice(op));
      case Pad op -> pad(op);
      case Reshape op -> List.of();
      case Fill op -> List.of(Launch.of(Family.FILL, elements(y()), y(0)).with(op.value()));
      case Softmax op -> List.of(softmax(op));
      case NegativeLogLikelihood op -> List.of(likelihood(op));
      case NegativeLogLikelihoodGradient op -> List.of(likelihoodGradient(op));
      case GlobalNorm op -> globalNorm();
      case StateUpdate op -> List.of(update(op));
      case Composite op ->
          throw new UnsupportedOperationException("the tornado backend runs no composites: " + op);
    };
  }

  private Value y() {
    return node.outputs().getFirst();
  }

  private int x(int i) {
    return memory.applyAsInt(node.inputs().get(i));
  }

  private int y(int i) {
    return memory.applyAsInt(node.outputs().get(i));
  }

  private static int elements(Value value) {
    return Math.toIntExact(value.shape().elements());
  }

  private Shape shape(int i) {
    return node.inputs().get(i).shape();
  }

  // Elementwise

  private Launch elementwise(Elementwise op) {
    int n = elements(y());
    return switch (op) {
      case Unary unary ->
          Launch.of(Family.UNARY, n, x(0), y(0), unary.function().ordinal())
              .with(unary.a(), unary.b());
      case UnaryGradient gradient ->
          Launch.of(Family.UNARY_GRADIENT, n, x(0), x(1), y(0), gradient.function().ordinal())
              .with(gradient.a());
      case Binary binary -> binary(binary, n);
      case MulAdd mulAdd -> Launch.of(Family.MUL_ADD, n, x(0), x(1), x(2), y(0));
      case Dropout dropout -> dropout(dropout, n);
    };
  }

  private Launch binary(Binary op, int n) {
    Strided index =
        Strided.of(
            y().shape().dims(),
            Strided.broadcast(shape(0), y().shape()),
            Strided.broadcast(shape(1), y().shape()));
    return Launch.of(Family.BINARY, n, x(0), x(1), y(0), op.function().ordinal())
        .and(index.arguments());
  }

  private Launch dropout(Dropout op, int n) {
    int counter = integers.applyAsInt(node.inputs().get(1));
    int threshold = (int) Math.ceil(op.rate() * 0x1p24);
    return Launch.of(Family.DROPOUT, n, x(0), y(0), counter)
        .with(1 / (1 - op.rate()))
        .and(threshold, (int) op.stream(), (int) (op.stream() >>> 32));
  }

  // Movement

  private Launch broadcast() {
    return copy(
        x(0),
        y(0),
        Strided.of(
            y().shape().dims(),
            Strided.broadcast(shape(0), y().shape()),
            Strided.dense(y().shape())));
  }

  private Launch transpose(Transpose op) {
    int[] from = Strided.dense(shape(0));
    int[] permuted = op.axes().stream().mapToInt(axis -> from[axis]).toArray();
    return copy(x(0), y(0), Strided.of(y().shape().dims(), permuted, Strided.dense(y().shape())));
  }

  private List<Launch> concat(Concat op) {
    List<Launch> launches = new ArrayList<>();
    int[] to = Strided.dense(y().shape());
    int at = 0;
    for (int i = 0; i < node.inputs().size(); i++) {
      launches.add(
          copy(
              x(i),
              y(0) + at * to[op.axis()],
              Strided.of(shape(i).dims(), Strided.dense(shape(i)), to)));
      at += shape(i).dim(op.axis());
    }
    return launches;
  }

  private Launch slice(Slice op) {
    int[] from = Strided.dense(shape(0));
    return copy(
        x(0) + op.from() * from[op.axis()],
        y(0),
        Strided.of(y().shape().dims(), from, Strided.dense(y().shape())));
  }

  private List<Launch> pad(Pad op) {
    int[] to = Strided.dense(y().shape());
    return List.of(
        Launch.of(Family.FILL, elements(y()), y(0)).with(0),
        copy(
            x(0),
            y(0) + op.before() * to[op.axis()],
            Strided.of(shape(0).dims(), Strided.dense(shape(0)), to)));
  }

  private static Launch copy(int from, int to, Strided index) {
    return Launch.of(Family.COPY, index.elements(), from, to).and(index.arguments());
  }

  private Launch sum() {
    int[] strides = Strided.dense(shape(0));
    List<Integer> kept = new ArrayList<>();
    List<Integer> summed = new ArrayList<>();
    for (int axis = 0; axis < strides.length; axis++) {
      (shape(0).dim(axis) != y().shape().dim(axis) ? summed : kept).add(axis);
    }
    Strided keptIndex = part(kept, strides);
    Strided summedIndex = part(summed, strides);
    return Launch.of(
            Family.SUM,
            elements(y()),
            x(0),
            y(0),
            summedIndex.elements(),
            keptIndex.rank(),
            summedIndex.rank())
        .and(keptIndex.extents())
        .and(keptIndex.strides(0))
        .and(summedIndex.extents())
        .and(summedIndex.strides(0));
  }

  private Strided part(List<Integer> axes, int[] strides) {
    return Strided.of(
        axes.stream().mapToInt(shape(0)::dim).toArray(),
        axes.stream().mapToInt(axis -> strides[axis]).toArray());
  }

  // Windows

  private Launch windowed(
      Family family, Window window, Value image, Value counted, int... operands) {
    return Launch.of(family, elements(counted)).and(operands).and(window(window, image.shape()));
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
    Shape x = shape(0);
    return Launch.of(Family.STATISTICS, x.dim(1), x(0), y(0), y(1), x.dim(0), inner(x));
  }

  private Launch normalize(BatchNormalize op) {
    Shape x = shape(0);
    return Launch.of(
            Family.NORMALIZE, elements(y()), x(0), x(1), x(2), x(3), x(4), y(0), x.dim(1), inner(x))
        .with(op.epsilon());
  }

  private List<Launch> normalizeGradient(BatchNormGradient op) {
    Shape x = shape(1);
    double share = 1.0 / ((double) x.dim(0) * inner(x));
    return List.of(
        Launch.of(
                Family.NORMALIZE_GRADIENT_SUMS,
                x.dim(1),
                x(0),
                x(1),
                x(2),
                x(3),
                y(1),
                y(2),
                x.dim(0),
                inner(x))
            .with(op.epsilon()),
        Launch.of(
                Family.NORMALIZE_GRADIENT,
                elements(y()),
                x(0),
                x(1),
                x(2),
                x(3),
                x(4),
                y(1),
                y(2),
                y(0),
                x.dim(1),
                inner(x))
            .with(op.epsilon(), share));
  }

  // Losses

  private Launch softmax(Softmax op) {
    int classes = shape(0).rank() == 0 ? 1 : shape(0).dim(-1);
    return Launch.of(
        Family.SOFTMAX, elements(y()) / classes, x(0), y(0), classes, op.log() ? 1 : 0);
  }

  private Launch likelihood(NegativeLogLikelihood op) {
    int classes = shape(0).dim(1);
    return Launch.of(
            Family.LIKELIHOOD,
            1,
            x(0),
            integers.applyAsInt(node.inputs().get(1)),
            y(0),
            shape(0).dim(0),
            classes)
        .with(1 - op.smoothing(), op.smoothing() / classes);
  }

  private Launch likelihoodGradient(NegativeLogLikelihoodGradient op) {
    return Launch.of(
            Family.LIKELIHOOD_GRADIENT,
            elements(y()),
            x(0),
            integers.applyAsInt(node.inputs().get(1)),
            y(0),
            y().shape().dim(0),
            op.classes())
        .with(1 - op.smoothing(), op.smoothing() / op.classes());
  }

  private List<Launch> globalNorm() {
    int[] tensors = new int[2 * node.inputs().size()];
    for (int i = 0; i < node.inputs().size(); i++) {
      tensors[2 * i] = x(i);
      tensors[2 * i + 1] = elements(node.inputs().get(i));
    }
    return List.of(
        Launch.of(Family.SQUARES, node.inputs().size(), scratch).and(tensors),
        Launch.of(Family.NORM, 1, scratch, y(0), threads));
  }

  // Updates

  private Launch update(StateUpdate op) {
    int n = elements(y());
    return switch (op) {
      case MovingAverage average ->
          Launch.of(Family.MOVING_AVERAGE, n, y(0), x(1))
              .with(1 - average.momentum(), average.momentum() * average.correction());
      case SgdUpdate sgd ->
          Launch.of(
                  Family.SGD,
                  n,
                  y(0),
                  x(1),
                  sgd.momentum() == 0 ? -1 : y(1),
                  x(node.inputs().size() - 1),
                  sgd.nesterov() ? 1 : 0)
              .with(sgd.momentum(), sgd.weightDecay());
      case AdamUpdate adam ->
          Launch.of(Family.ADAM, n, y(0), x(1), y(1), y(2), x(4), adam.decoupled() ? 1 : 0)
              .with(
                  adam.beta1(),
                  1 - adam.beta1(),
                  adam.beta2(),
                  1 - adam.beta2(),
                  adam.epsilon(),
                  adam.weightDecay());
      case AdadeltaUpdate adadelta ->
          Launch.of(Family.ADADELTA, n, y(0), x(1), y(1), y(2), x(4))
              .with(adadelta.rho(), 1 - adadelta.rho(), adadelta.epsilon(), adadelta.weightDecay());
    };
  }

  // Linear maps

  private Launch linear(LinearOp op) {
    int maps = op.maps();
    return switch (op) {
      case Dense dense -> forward(Convolution.dense(shape(0), shape(1)), maps, dense.bias());
      case Conv2d conv ->
          forward(
              Convolution.of(conv.window(), conv.groups(), shape(0), shape(1).dim(0)),
              maps,
              conv.bias());
      case DenseInputGradient dense ->
          inputGradient(Convolution.dense(y().shape(), shape(maps)), maps);
      case Conv2dInputGradient conv ->
          inputGradient(
              Convolution.of(conv.window(), conv.groups(), y().shape(), shape(maps).dim(0)), maps);
      case DenseWeightGradient dense ->
          weightGradient(Convolution.dense(shape(0), y().shape()), maps);
      case Conv2dWeightGradient conv ->
          weightGradient(
              Convolution.of(conv.window(), conv.groups(), shape(0), shape(1).dim(1)), maps);
    };
  }

  private Launch forward(Convolution c, int maps, boolean bias) {
    Launch launch =
        Launch.of(Family.CONVOLUTION, maps * elements(y())).and(c.arguments(maps)).and(x(0));
    for (int i = 0; i < maps; i++) {
      launch = launch.and(x(1 + i), bias ? x(1 + maps + i) : -1, y(i));
    }
    return launch;
  }

  private Launch inputGradient(Convolution c, int maps) {
    Launch launch =
        Launch.of(Family.CONVOLUTION_INPUT_GRADIENT, elements(y()))
            .and(c.arguments(maps))
            .and(y(0));
    for (int i = 0; i < maps; i++) {
      launch = launch.and(x(maps + i), -1, x(i));
    }
    return launch;
  }

  private Launch weightGradient(Convolution c, int maps) {
    Launch launch =
        Launch.of(Family.CONVOLUTION_WEIGHT_GRADIENT, maps * elements(y()))
            .and(c.arguments(maps))
            .and(x(0));
    for (int i = 0; i < maps; i++) {
      launch = launch.and(y(i), -1, x(1 + i));
    }
    return launch;
  }

  /** Whether integers occur only where kernels take them: labels and dropout's counter. */
  static boolean takes(Op op, List<org.quadralib.tensor.TensorType> operands) {
    boolean lastIsInteger =
        op instanceof NegativeLogLikelihood
            || op instanceof NegativeLogLikelihoodGradient
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
