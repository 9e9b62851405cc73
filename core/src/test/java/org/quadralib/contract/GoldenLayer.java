package org.quadralib.contract;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.quadralib.golden.Golden;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.Conv2d;
import org.quadralib.graph.op.Dense;
import org.quadralib.graph.op.LinearOp;
import org.quadralib.graph.op.NeuronType;
import org.quadralib.graph.op.Quadratic;
import org.quadralib.graph.op.Window;
import org.quadralib.quadratic.QuadraticForm;

/**
 * A layer whose result and gradients PyTorch has computed, see {@code golden/README.md}.
 *
 * @param file golden file
 * @param key prefix of its tensors
 */
record GoldenLayer(String file, String key, Quadratic op) {
  /** How a layer is differentiated. */
  enum Lowering {
    /** As its parts. */
    AUTODIFF,
    /** As one composite. */
    HYBRID
  }

  private static final Map<String, NeuronType> TYPES =
      Map.ofEntries(
          entry("linear", NeuronType.FIRST_ORDER),
          entry("t1", NeuronType.T1),
          entry("t1pure", NeuronType.T1_PURE),
          entry("t2", NeuronType.T2),
          entry("t3", NeuronType.T3),
          entry("t4", NeuronType.T4),
          entry("t1and2", NeuronType.T1_AND_2),
          entry("t2and4", NeuronType.T2_AND_4),
          entry("quadra", NeuronType.QUADRA));

  private static final Map<String, LinearOp> CONVOLUTIONS =
      Map.of(
          "k3s1p1", conv(Window.square(3, 1, 1), 1),
          "k3s2p1", conv(Window.square(3, 2, 1), 1),
          "k1s1p0", conv(Window.square(1, 1, 0), 1),
          "k5s1p2", conv(Window.square(5, 1, 2), 1),
          "k3d2p2", conv(new Window(3, 3, 1, 1, 2, 2, 2, 2), 1),
          "k3dw", conv(Window.square(3, 1, 1), 6),
          "k3g2s2", conv(Window.square(3, 2, 1), 2),
          "k1x3", conv(new Window(1, 3, 1, 2, 0, 1, 1, 1), 1));

  /** All layers of both files. */
  static List<GoldenLayer> all() {
    return Stream.of("dense", "conv")
        .flatMap(
            file ->
                Golden.open(file).keySet().stream()
                    .filter(name -> name.endsWith(".gy"))
                    .map(name -> of(file, name.substring(0, name.length() - ".gy".length()))))
        .toList();
  }

  private static GoldenLayer of(String file, String key) {
    int dot = key.indexOf('.');
    LinearOp map =
        file.equals("dense") ? new Dense(1, false) : CONVOLUTIONS.get(key.substring(0, dot));
    NeuronType type = TYPES.get(key.substring(dot + 1));
    boolean bias = !type.biasedMaps().isEmpty();
    return new GoldenLayer(file, key, new Quadratic(type, map, bias, OptionalDouble.empty()));
  }

  private static LinearOp conv(Window window, int groups) {
    return new Conv2d(window, groups, 1, false);
  }

  /** The layer and all its gradients. */
  GoldenGraph graph(Lowering lowering) {
    GoldenGraph graph = new GoldenGraph(file, key);
    List<String> names = operandNames();
    List<Value> operands = names.stream().map(graph::input).toList();
    Value y =
        switch (lowering) {
          case AUTODIFF -> QuadraticForm.trace(graph.builder(), op, operands).getFirst();
          case HYBRID -> graph.builder().applyAll(op, operands).getFirst();
        };
    graph.result("y", y);
    List<Value> gradients = graph.gradients(y, graph.input("gy"), operands);
    for (int i = 0; i < names.size(); i++) {
      graph.result("d" + names.get(i), gradients.get(i));
    }
    return graph;
  }

  /** Input, weights and biases, in the order in which the layer takes them. */
  private List<String> operandNames() {
    List<String> names = new ArrayList<>(List.of("x"));
    op.type().maps().forEach(map -> names.add("w" + suffix(map)));
    op.type().biasedMaps().forEach(map -> names.add("b" + suffix(map)));
    return names;
  }

  // The only map of T2 is called a in the files.
  private String suffix(NeuronType.Map map) {
    return op.type() == NeuronType.T2 ? "a" : map.name().toLowerCase(Locale.ROOT);
  }
}
