package org.quadralib.analysis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.quadralib.backend.Backend;
import org.quadralib.backend.Executable;
import org.quadralib.graph.Graph;
import org.quadralib.graph.GraphBuilder;
import org.quadralib.graph.Ops;
import org.quadralib.graph.Value;
import org.quadralib.layers.Backprop;
import org.quadralib.layers.Mode;
import org.quadralib.layers.Model;
import org.quadralib.memory.TensorArena;
import org.quadralib.names.Suggestions;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;

/**
 * What a layer gives for some images, and its terms of first and second order, which add up to it.
 *
 * @param shape of each, {@code [n, channels, …]}
 * @param first the first-order term; null where the layer is no sum of two terms
 * @param second the second-order term; null where the layer is no sum of two terms
 * @param sum the output
 */
public record FeatureMaps(
    String layer, Shape shape, float @Nullable [] first, float @Nullable [] second, float[] sum) {

  /** Whether it has both terms. */
  public boolean isSplit() {
    return first != null && second != null;
  }

  /**
   * The layers of a model whose maps can be asked for, in the order in which they run.
   *
   * @see LayerTerms for what a term is
   */
  public static List<String> layers(Model model) {
    return List.copyOf(LayerTerms.of(trace(model, 1).graph().build()).keySet());
  }

  /**
   * Runs a model as it is used, and reads layers.
   *
   * @param images {@code [n, …]}, as the model takes them
   * @param layers paths; see {@link #layers}
   * @throws IllegalArgumentException if there is no such layer, listing those there are
   */
  public static List<FeatureMaps> of(
      Model model, Backend backend, Tensor images, List<String> layers) {
    Model.Traced traced = trace(model, Inputs.count(images));
    GraphBuilder graph = traced.graph();
    Map<String, LayerTerms> known = LayerTerms.of(graph.build());
    Map<String, LayerTerms> wanted = new LinkedHashMap<>();
    for (String layer : layers) {
      @Nullable LayerTerms terms = known.get(layer);
      if (terms == null) {
        throw unknown(layer, known.keySet());
      }
      wanted.put(layer, terms);
    }
    wanted.forEach((layer, terms) -> declare(graph, layer, terms));
    try (TensorArena arena = model.arena().child("feature maps")) {
      Graph built = graph.build();
      Executable run = backend.compile(backend.plan(built), arena, model.parameters());
      Inputs.copy(images, 0, Inputs.count(images), run.input(Model.INPUT));
      run.run();
      List<FeatureMaps> maps = new ArrayList<>();
      wanted.forEach(
          (layer, terms) ->
              maps.add(
                  new FeatureMaps(
                      layer,
                      terms.output().shape(),
                      terms.isSplit() ? run.output(name(Term.FIRST, layer)).toFloats() : null,
                      terms.isSplit() ? run.output(name(Term.SECOND, layer)).toFloats() : null,
                      run.output(name(Term.SUM, layer)).toFloats())));
      return maps;
    }
  }

  private static IllegalArgumentException unknown(String layer, Set<String> known) {
    return new IllegalArgumentException(
        "there is no layer '%s'%s; the layers are %s"
            .formatted(layer, Suggestions.didYouMean(layer, known), String.join(", ", known)));
  }

  private static Model.Traced trace(Model model, int batch) {
    return model.trace(batch, Mode.EVALUATE, Backprop.AUTODIFF);
  }

  private static void declare(GraphBuilder graph, String layer, LayerTerms terms) {
    if (terms.isSplit()) {
      graph.output(name(Term.FIRST, layer), java.util.Objects.requireNonNull(terms.first()));
      graph.output(name(Term.SECOND, layer), second(graph, terms));
    }
    graph.output(name(Term.SUM, layer), terms.output());
  }

  private static Value second(GraphBuilder graph, LayerTerms terms) {
    return terms.second() != null
        ? terms.second()
        : new Ops(graph).mul(terms.factors().get(0), terms.factors().get(1));
  }

  private static String name(Term term, String layer) {
    return term + "/" + layer;
  }
}
