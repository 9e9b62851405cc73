package org.quadralib.builder;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.quadralib.layers.Activation;
import org.quadralib.layers.Backprop;
import org.quadralib.layers.BatchNorm2d;
import org.quadralib.layers.Clip;
import org.quadralib.layers.Container;
import org.quadralib.layers.Conv2d;
import org.quadralib.layers.Dropout;
import org.quadralib.layers.Layer;
import org.quadralib.layers.LayerGraph;
import org.quadralib.layers.LayerScale;
import org.quadralib.layers.LayerTree;
import org.quadralib.layers.LowRankConv2d;
import org.quadralib.layers.Mode;
import org.quadralib.layers.Model;
import org.quadralib.layers.QuadEnhancer;
import org.quadralib.layers.QuadraticConv2d;
import org.quadralib.layers.Residual;
import org.quadralib.layers.Sequential;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Shape;

/** Finds the {@link Unit}s of a network and removes them. */
public final class Units {
  private Units() {}

  /**
   * The units without any one of which the network still works and has the same outputs.
   *
   * @param example shape of one example, without the batch
   */
  public static List<Unit> removable(Layer network, Shape example) {
    List<Unit> found = new ArrayList<>();
    collect("", network, found);
    Shape output = output(network, example);
    return found.stream()
        .distinct()
        .filter(unit -> works(without(network, unit), example, output))
        .toList();
  }

  /** A network without a unit; what follows takes the input that the unit had. */
  public static Layer without(Layer network, Unit unit) {
    Set<String> gone = new TreeSet<>(unit.members());
    return LayerTree.rewrite(
        network,
        (path, layer) ->
            switch (layer) {
              case Sequential s -> {
                Map<String, Layer> kept = new LinkedHashMap<>(s.layers());
                kept.keySet().removeIf(name -> gone.contains(LayerTree.join(path, name)));
                yield new Sequential(kept);
              }
              case LayerGraph g -> {
                Map<String, Layer> children = g.children();
                children.replaceAll(
                    (name, child) ->
                        gone.contains(LayerTree.join(path, name)) ? Sequential.of() : child);
                yield g.withChildren(children);
              }
              default -> layer;
            });
  }

  private static void collect(String path, Layer layer, List<Unit> found) {
    if (layer instanceof Sequential sequential) {
      collectRuns(path, List.copyOf(sequential.layers().entrySet()), found);
      sequential
          .layers()
          .forEach(
              (name, child) -> {
                if (keepsShape(child)) {
                  String member = LayerTree.join(path, name);
                  found.add(new Unit(member, List.of(member)));
                }
              });
    }
    if (layer instanceof LayerGraph graph) {
      collectChains(path, graph, found);
    }
    if (layer instanceof Container container) {
      container.children().forEach((name, c) -> collect(LayerTree.join(path, name), c, found));
    }
  }

  /** A convolution and what follows it in a sequence, up to the next layer of another kind. */
  private static void collectRuns(
      String path, List<Map.Entry<String, Layer>> layers, List<Unit> found) {
    for (int i = 0; i < layers.size(); i++) {
      if (isConvolution(layers.get(i).getValue())) {
        List<String> members =
            new ArrayList<>(List.of(LayerTree.join(path, layers.get(i).getKey())));
        for (int j = i + 1; j < layers.size() && belongs(layers.get(j).getValue()); j++) {
          members.add(LayerTree.join(path, layers.get(j).getKey()));
        }
        found.add(new Unit(members.getFirst(), members));
      }
    }
  }

  /** A convolution and the nodes behind it that nobody else reads. */
  private static void collectChains(String path, LayerGraph graph, List<Unit> found) {
    List<LayerGraph.Node> nodes = graph.nodes();
    for (LayerGraph.Node start : nodes) {
      if (!isConvolution(start.layer())) {
        continue;
      }
      List<String> members = new ArrayList<>(List.of(LayerTree.join(path, start.name())));
      LayerGraph.Node end = start;
      while (true) {
        String name = end.name();
        List<LayerGraph.Node> readers =
            nodes.stream().filter(node -> node.inputs().contains(name)).toList();
        if (readers.size() != 1
            || readers.getFirst().inputs().size() != 1
            || !belongs(readers.getFirst().layer())) {
          break;
        }
        end = readers.getFirst();
        members.add(LayerTree.join(path, end.name()));
      }
      found.add(new Unit(members.getFirst(), members));
    }
  }

  /** Whether a layer is a residual block around the identity, perhaps with an activation behind. */
  private static boolean keepsShape(Layer layer) {
    return switch (layer) {
      case Residual r -> r.shortcut().isEmpty();
      case Sequential s ->
          s.layers().values().stream().filter(Units::keepsShape).count() == 1
              && s.layers().values().stream()
                  .allMatch(child -> keepsShape(child) || child instanceof Activation);
      default -> false;
    };
  }

  private static boolean isConvolution(Layer layer) {
    return layer instanceof Conv2d
        || layer instanceof QuadraticConv2d
        || layer instanceof LowRankConv2d;
  }

  private static boolean belongs(Layer layer) {
    return layer instanceof BatchNorm2d
        || layer instanceof Activation
        || layer instanceof Clip
        || layer instanceof Dropout
        || layer instanceof LayerScale
        || layer instanceof QuadEnhancer;
  }

  private static boolean works(Layer network, Shape example, Shape output) {
    try {
      return output(network, example).equals(output);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static Shape output(Layer network, Shape example) {
    return Model.trace(network, example, 1, Mode.EVALUATE, DType.FLOAT32, path -> Backprop.AUTODIFF)
        .output()
        .shape();
  }
}
