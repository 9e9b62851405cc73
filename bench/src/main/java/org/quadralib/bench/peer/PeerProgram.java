package org.quadralib.bench.peer;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.quadralib.graph.op.NeuronType;
import org.quadralib.graph.op.Window;
import org.quadralib.layers.Activation;
import org.quadralib.layers.AvgPool2d;
import org.quadralib.layers.BatchNorm2d;
import org.quadralib.layers.Conv2d;
import org.quadralib.layers.Dense;
import org.quadralib.layers.Dropout;
import org.quadralib.layers.Flatten;
import org.quadralib.layers.GlobalAvgPool2d;
import org.quadralib.layers.Layer;
import org.quadralib.layers.MaxPool2d;
import org.quadralib.layers.QuadraticConv2d;
import org.quadralib.layers.QuadraticDense;
import org.quadralib.layers.Residual;
import org.quadralib.layers.Sequential;

/**
 * A network as PyTorch would run it, one operation after another. Quadratic layers are composed of
 * first-order maps, norms, products and sums, as the published implementation composes them. Both
 * peers run this one description, so neither is written by hand.
 *
 * @param ops in the order in which they run; the last makes the logits
 */
public record PeerProgram(List<PeerOp> ops) {
  private static final double BRANCH_NORM_EPSILON = new BatchNorm2d().epsilon();

  /** Copies the operations. */
  public PeerProgram {
    ops = List.copyOf(ops);
  }

  /**
   * Writes a network out.
   *
   * @throws UnsupportedOperationException if it has a layer that peers do not know, naming it
   */
  public static PeerProgram of(Layer network) {
    Writer writer = new Writer();
    int last = writer.write("", network, 0);
    return new PeerProgram(withEnds(writer.ops, last));
  }

  /** Number of the value that holds the logits. */
  public int result() {
    return ops.getLast().output();
  }

  /** Notes after which operation each value is read no more. */
  private static List<PeerOp> withEnds(List<PeerOp> ops, int result) {
    Set<Integer> readLater = new HashSet<>(Set.of(0, result));
    List<PeerOp> reversed = new ArrayList<>();
    for (PeerOp op : ops.reversed()) {
      reversed.add(op.letGoOf(op.inputs().stream().distinct().filter(readLater::add).toList()));
    }
    return reversed.reversed();
  }

  /** Appends the operations of layers; each method returns the number of the result. */
  private static final class Writer {
    private final List<PeerOp> ops = new ArrayList<>();
    private int values = 1;

    int write(String path, Layer layer, int x) {
      return switch (layer) {
        case Sequential s -> {
          int y = x;
          for (Map.Entry<String, Layer> entry : s.layers().entrySet()) {
            y = write(join(path, entry.getKey()), entry.getValue(), y);
          }
          yield y;
        }
        case Residual r -> {
          int y = write(path, r.body(), x);
          int skipped = r.shortcut().map(s -> write(join(path, r.shortcutName()), s, x)).orElse(x);
          yield op("add", List.of(y, skipped));
        }
        case Conv2d c -> conv(path, c.window(), c.groups(), c.bias(), x);
        case Dense d -> linear(path, d.bias(), x);
        case BatchNorm2d b -> batchNorm(path, b.epsilon(), x);
        case QuadraticConv2d q ->
            quadratic(
                path,
                q.neuron(),
                q.branchNorm(),
                (map, value) ->
                    conv(join(path, "conv" + map), q.window(), q.groups(), q.bias(), value),
                x);
        case QuadraticDense q ->
            quadratic(
                path,
                q.neuron(),
                q.branchNorm(),
                (map, value) -> linear(join(path, "fc" + map), q.bias(), value),
                x);
        case Activation a -> activation(a, x);
        case MaxPool2d m -> op("max_pool2d", x, window(m.window()));
        case AvgPool2d a -> op("avg_pool2d", x, window(a.window()));
        case GlobalAvgPool2d g -> op("global_avg_pool2d", x, Map.of());
        case Flatten f -> op("flatten", x, Map.of());
        case Dropout d -> op("dropout", x, Map.of("rate", d.rate()));
        default ->
            throw new UnsupportedOperationException(
                "the peers have no %s (layer '%s'); measure it with --peer none"
                    .formatted(layer.getClass().getSimpleName(), path));
      };
    }

    /** Applies the first-order map with a number, as layers number them, to a value. */
    private interface FirstOrder {
      int apply(int map, int x);
    }

    private int quadratic(
        String path, NeuronType neuron, boolean branchNorm, FirstOrder first, int x) {
      // A branch is a map and, if asked for, its norm.
      FirstOrder branch =
          (map, value) -> {
            int y = first.apply(map, value);
            return branchNorm ? batchNorm(join(path, "bn" + map), BRANCH_NORM_EPSILON, y) : y;
          };
      return switch (neuron) {
        case FIRST_ORDER -> branch.apply(3, x);
        case T2 -> branch.apply(4, square(x));
        case T3 -> square(branch.apply(1, x));
        case T4 -> product(branch, x);
        case QUADRA -> {
          int product = product(branch, x);
          yield op("add", List.of(product, branch.apply(3, x)));
        }
        case T2_AND_4 -> {
          int product = product(branch, x);
          yield op("add", List.of(product, branch.apply(4, square(x))));
        }
        case T1, T1_PURE, T1_AND_2 ->
            throw new UnsupportedOperationException(
                "the peers have no full quadratic form (layer '%s'); measure it with --peer none"
                    .formatted(path));
      };
    }

    private int product(FirstOrder branch, int x) {
      int a = branch.apply(1, x);
      return op("mul", List.of(a, branch.apply(2, x)));
    }

    private int square(int x) {
      return op("mul", List.of(x, x));
    }

    private int conv(String path, Window window, int groups, boolean bias, int x) {
      Map<String, Object> settings =
          Map.of(
              "stride", List.of(window.strideHeight(), window.strideWidth()),
              "padding", List.of(window.paddingHeight(), window.paddingWidth()),
              "dilation", List.of(window.dilationHeight(), window.dilationWidth()),
              "groups", groups);
      return add("conv2d", List.of(x), weightAndBias(path, bias), settings);
    }

    private int linear(String path, boolean bias, int x) {
      return add("linear", List.of(x), weightAndBias(path, bias), Map.of());
    }

    private static List<String> weightAndBias(String path, boolean bias) {
      String weight = join(path, "weight");
      return bias ? List.of(weight, join(path, "bias")) : List.of(weight);
    }

    private int batchNorm(String path, double epsilon, int x) {
      List<String> weights =
          Stream.of("running_mean", "running_var", "weight", "bias")
              .map(name -> join(path, name))
              .toList();
      Map<String, Object> settings =
          Map.of("epsilon", epsilon, "momentum", BatchNorm2d.DEFAULT_MOMENTUM);
      return add("batch_norm", List.of(x), weights, settings);
    }

    private int activation(Activation a, int x) {
      return switch (a.function()) {
        case RELU -> op("relu", x, Map.of());
        case LEAKY_RELU -> op("leaky_relu", x, Map.of("slope", a.parameter()));
        case SIGMOID -> op("sigmoid", x, Map.of());
        case TANH -> op("tanh", x, Map.of());
        case GELU -> op("gelu", x, Map.of());
        case SILU -> op("silu", x, Map.of());
        default ->
            throw new UnsupportedOperationException(
                "the peers have no activation %s; measure it with --peer none"
                    .formatted(a.function()));
      };
    }

    private static Map<String, Object> window(Window window) {
      if (window.dilationHeight() != 1 || window.dilationWidth() != 1) {
        throw new UnsupportedOperationException(
            "the peers have no dilated pooling; measure it with --peer none");
      }
      return Map.of(
          "kernel", List.of(window.kernelHeight(), window.kernelWidth()),
          "stride", List.of(window.strideHeight(), window.strideWidth()),
          "padding", List.of(window.paddingHeight(), window.paddingWidth()));
    }

    private int op(String name, int x, Map<String, Object> settings) {
      return add(name, List.of(x), List.of(), settings);
    }

    private int op(String name, List<Integer> inputs) {
      return add(name, inputs, List.of(), Map.of());
    }

    private int add(
        String name, List<Integer> inputs, List<String> weights, Map<String, Object> settings) {
      int output = values++;
      ops.add(new PeerOp(name, inputs, output, weights, settings, List.of()));
      return output;
    }

    private static String join(String path, String name) {
      return path.isEmpty() ? name : name.isEmpty() ? path : path + "." + name;
    }
  }
}
