package org.quadralib.builder;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.quadralib.graph.op.NeuronType;
import org.quadralib.layers.BatchNorm2d;
import org.quadralib.layers.Conv2d;
import org.quadralib.layers.Dense;
import org.quadralib.layers.Layer;
import org.quadralib.layers.LayerTree;
import org.quadralib.layers.Model;
import org.quadralib.layers.QuadraticConv2d;
import org.quadralib.layers.QuadraticDense;
import org.quadralib.layers.QuadraticStart;
import org.quadralib.tensor.Tensor;

/**
 * Replaces first-order layers by quadratic ones that start first-order ({@link
 * QuadraticStart#RELINEAR}), so that a trained network becomes a quadratic one with the same
 * outputs.
 *
 * @param neuron of the new layers
 * @param branchNorm whether they normalise each branch
 * @param chosen whether to replace the layer at a path; see {@link #eligible}
 */
public record QuadraticConversion(NeuronType neuron, boolean branchNorm, Predicate<String> chosen) {
  /** Rejects neurons that cannot start first-order. */
  public QuadraticConversion {
    new QuadraticConv2d(1, 1).neuron(neuron).branchNorm(branchNorm).start(QuadraticStart.RELINEAR);
    if (branchNorm && neuron != NeuronType.QUADRA) {
      throw new IllegalArgumentException(
          "branch normalisation is defined for quadra neurons, not for " + neuron.written());
    }
  }

  /** All {@linkplain #eligible eligible} layers, without branch normalisation. */
  public QuadraticConversion(NeuronType neuron) {
    this(neuron, false, path -> true);
  }

  /**
   * The layers of a network that can become quadratic, by path: convolutions of more than 1×1
   * pixels and dense layers but the last linear one, which gives the outputs.
   */
  public static Map<String, Layer> eligible(Layer network) {
    Map<String, Layer> linear = new LinkedHashMap<>();
    LayerTree.forEachLeaf(
        network,
        (path, layer) -> {
          if (layer instanceof Conv2d || layer instanceof Dense) {
            linear.put(path, layer);
          }
        });
    if (!linear.isEmpty()) {
      linear.remove(linear.keySet().stream().reduce((a, b) -> b).orElseThrow());
    }
    linear.values().removeIf(layer -> layer instanceof Conv2d c && c.window().taps() == 1);
    return linear;
  }

  /**
   * The quadratic network.
   *
   * @throws IllegalArgumentException if no layer is both eligible and chosen
   */
  public Layer convert(Layer network) {
    Map<String, Layer> replaced = replaced(network);
    if (replaced.isEmpty()) {
      Set<String> eligible = eligible(network).keySet();
      throw new IllegalArgumentException(
          eligible.isEmpty()
              ? "the network has no first-order layers that could become quadratic; start from a"
                  + " first-order one, such as vgg11"
              : "no layer to make quadratic was chosen; there are " + String.join(", ", eligible));
    }
    return LayerTree.rewrite(
        network, (path, layer) -> replaced.get(path) == layer ? quadratic(layer) : layer);
  }

  private Map<String, Layer> replaced(Layer network) {
    Map<String, Layer> replaced = eligible(network);
    replaced.keySet().removeIf(path -> !chosen.test(path));
    return replaced;
  }

  private Layer quadratic(Layer layer) {
    return switch (layer) {
      case Conv2d c ->
          new QuadraticConv2d(
              c.out(),
              c.window(),
              c.groups(),
              neuron,
              true,
              branchNorm,
              c.initializer(),
              Optional.empty(),
              QuadraticStart.RELINEAR);
      case Dense d ->
          new QuadraticDense(
              d.out(),
              neuron,
              true,
              branchNorm,
              d.initializer(),
              Optional.empty(),
              QuadraticStart.RELINEAR);
      default -> layer;
    };
  }

  /**
   * Gives a converted network the weights of the one it was made from. Outputs are then the same,
   * up to rounding; in training, too, unless branches are normalised and no normalisation follows.
   *
   * @param to a model of {@link #convert}, freshly initialised
   */
  public void transfer(Model from, Model to) {
    Map<String, Layer> replaced = replaced(from.layer());
    int number = QuadraticStart.carrier(neuron).orElseThrow() == NeuronType.Map.C ? 3 : 1;
    from.parameters()
        .forEach(
            (name, tensor) -> {
              String path = name.substring(0, Math.max(0, name.lastIndexOf('.')));
              String last = name.substring(name.lastIndexOf('.') + 1);
              if (replaced.containsKey(path)) {
                String map = (replaced.get(path) instanceof Conv2d ? "conv" : "fc") + number;
                target(to, LayerTree.join(path, map) + "." + last).copyFrom(tensor);
              } else {
                target(to, name).copyFrom(tensor);
              }
            });
    if (branchNorm) {
      // Running statistics that make the carrier's normalisation the identity.
      double variance = 1 - new BatchNorm2d().epsilon();
      replaced
          .keySet()
          .forEach(
              path ->
                  target(to, LayerTree.join(path, "bn" + number) + ".running_var").fill(variance));
    }
  }

  private static Tensor target(Model model, String name) {
    return requireNonNull(
        model.parameters().get(name), () -> "the converted model has no parameter " + name);
  }
}
