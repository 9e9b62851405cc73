package org.quadralib.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.quadralib.autodiff.Differentiator;
import org.quadralib.graph.Graph;
import org.quadralib.graph.GraphBuilder;
import org.quadralib.graph.Phase;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.CorrectPredictions;
import org.quadralib.graph.op.GlobalNorm;
import org.quadralib.layers.Layer;
import org.quadralib.layers.Mode;
import org.quadralib.layers.Model;
import org.quadralib.layers.ParameterSpec;
import org.quadralib.memory.Category;
import org.quadralib.optim.Optimizer;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.TensorType;

/**
 * A whole training step as a graph: forward pass, loss, gradients, clipping, updates. It needs no
 * weights, so the memory of a step can be known without having it.
 *
 * @param graph inputs: {@link Model#INPUT}, {@link #TARGET}, step sizes, perhaps a dropout counter;
 *     outputs: {@link #LOSS}, {@link #LOGITS}, perhaps {@link #CORRECT} and gradients
 * @param optimizerState types of the optimizer's tensors by name
 * @param learningRateScales of the groups, in the order of their step sizes
 * @param gradientNorms which norms of gradients it has as outputs, if the recipe asks for them
 */
public record TrainingGraph(
    Graph graph,
    Map<String, TensorType> optimizerState,
    List<Double> learningRateScales,
    List<GradientNorm.Key> gradientNorms) {
  /** Name of the graph input that takes the targets. */
  public static final String TARGET = "target";

  /** Name of the graph output that is the mean loss of the batch. */
  public static final String LOSS = "loss";

  /** Name of the graph output that is the network's output. */
  public static final String LOGITS = "logits";

  /**
   * Name of the graph output that is the number of examples the network has right. It is there
   * where the target is the label of one of several classes.
   */
  public static final String CORRECT = "correct";

  /** Name of the output that holds the gradient of a parameter, before clipping. */
  public static String gradientOf(String parameter) {
    return "gradient/" + parameter;
  }

  /** Name of the input that takes the step sizes of a group. */
  static String stepSizesOf(int group) {
    return "step.sizes." + group;
  }

  /**
   * Traces a step.
   *
   * @param example shape of one example, without the batch
   */
  public static TrainingGraph trace(Layer layer, Shape example, Recipe recipe, int batch) {
    return trace(layer, example, recipe, batch, DType.FLOAT32);
  }

  /** Traces a step in another precision: float64 to tell errors of method from rounding. */
  public static TrainingGraph trace(
      Layer layer, Shape example, Recipe recipe, int batch, DType dtype) {
    Model.Traced traced = Model.trace(layer, example, batch, Mode.TRAIN, dtype, recipe.backprop());
    return new Tracing(traced, recipe).trace();
  }

  /** One tracing. */
  private static final class Tracing {
    private final Model.Traced traced;
    private final GraphBuilder graph;
    private final Recipe recipe;
    private final Map<String, TensorType> optimizerState = new LinkedHashMap<>();
    private final List<Double> scales = new ArrayList<>();
    private final Map<Integer, Value> stepSizes = new LinkedHashMap<>();

    Tracing(Model.Traced traced, Recipe recipe) {
      this.traced = traced;
      this.graph = traced.graph();
      this.recipe = recipe;
    }

    TrainingGraph trace() {
      Value logits = traced.output();
      Value target = graph.input(TARGET, recipe.loss().targetType(logits.type()));
      Value loss = graph.inScope(LOSS, () -> recipe.loss().trace(graph, logits, target));
      graph.output(LOSS, loss);
      graph.output(LOGITS, logits);
      if (areLabels(target, logits)) {
        graph.output(
            CORRECT,
            graph.inScope(LOSS, () -> graph.apply(new CorrectPredictions(), logits, target)));
      }

      List<ParameterSpec> trained =
          traced.trace().specs().stream().filter(ParameterSpec::trainable).toList();
      Map<String, Value> parameters = traced.trace().parameters();
      List<Value> values = trained.stream().map(spec -> parameters.get(spec.name())).toList();
      Map<Value, Value> gradients =
          Differentiator.gradients(graph, loss, values, traced.trace().recomputed());
      List<Value> raw = values.stream().map(gradients::get).toList();
      if (recipe.keepGradients()) {
        for (int i = 0; i < raw.size(); i++) {
          graph.output(gradientOf(trained.get(i).name()), raw.get(i));
        }
      }
      List<GradientNorm.Key> norms = recipe.gradientNorms() ? norms(trained, raw) : List.of();
      List<Value> clipped =
          graph.at(Phase.UPDATE, "clipping", () -> recipe.clipping().trace(graph, raw));
      for (int i = 0; i < trained.size(); i++) {
        update(trained.get(i), values.get(i), clipped.get(i));
      }
      return new TrainingGraph(EarlyUpdates.schedule(graph.build()), optimizerState, scales, norms);
    }

    private static boolean areLabels(Value target, Value logits) {
      return target.type().dtype() == DType.INT32
          && target.shape().rank() == 1
          && logits.shape().rank() == 2
          && logits.shape().dim(1) > 1;
    }

    /** Norms of gradients by layer and order, as outputs. */
    private List<GradientNorm.Key> norms(List<ParameterSpec> trained, List<Value> gradients) {
      Map<GradientNorm.Key, List<Integer>> groups = GradientNorm.groups(trained);
      groups.forEach(
          (key, members) -> {
            List<Value> operands = members.stream().map(gradients::get).toList();
            Value norm =
                graph.at(
                    Phase.UPDATE,
                    "gradient norms",
                    () -> graph.applyAll(new GlobalNorm(), operands).getFirst());
            graph.output(key.output(), norm);
          });
      return List.copyOf(groups.keySet());
    }

    private void update(ParameterSpec spec, Value parameter, Value gradient) {
      Optimizer optimizer = recipe.optimizer();
      int group = groupOf(spec);
      double decay =
          group == recipe.groups().size()
              ? optimizer.weightDecay()
              : recipe.groups().get(group).weightDecay().orElse(optimizer.weightDecay());
      List<Value> operands = new ArrayList<>(List.of(parameter, gradient));
      for (String slot : optimizer.slots()) {
        String name = spec.name() + "." + slot;
        optimizerState.put(name, spec.type());
        operands.add(graph.state(name, spec.type(), Category.OPTIMIZER));
      }
      operands.add(stepSizes.computeIfAbsent(group, this::declareStepSizes));
      String scope = spec.name().substring(0, Math.max(0, spec.name().lastIndexOf('.')));
      graph.at(Phase.UPDATE, scope, () -> graph.applyAll(optimizer.update(decay), operands));
    }

    /** The first group that takes a parameter; one past the last if none does. */
    private int groupOf(ParameterSpec spec) {
      int group = 0;
      while (group < recipe.groups().size() && !recipe.groups().get(group).takes(spec)) {
        group++;
      }
      return group;
    }

    private Value declareStepSizes(int group) {
      Value sizes =
          graph.input(
              stepSizesOf(scales.size()),
              new TensorType(
                  traced.input().type().dtype(), Shape.of(recipe.optimizer().stepSizeCount())));
      scales.add(
          group == recipe.groups().size() ? 1 : recipe.groups().get(group).learningRateScale());
      return sizes;
    }
  }
}
