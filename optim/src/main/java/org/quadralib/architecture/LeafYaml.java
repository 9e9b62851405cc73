package org.quadralib.architecture;

import static org.quadralib.architecture.Settings.MOST_PIXELS;
import static org.quadralib.architecture.Settings.backprop;
import static org.quadralib.architecture.Settings.groups;
import static org.quadralib.architecture.Settings.initializer;
import static org.quadralib.architecture.Settings.out;
import static org.quadralib.architecture.Settings.pool;
import static org.quadralib.architecture.Settings.poolWindow;
import static org.quadralib.architecture.Settings.quadratic;
import static org.quadralib.architecture.Settings.rank;
import static org.quadralib.architecture.Settings.side;
import static org.quadralib.architecture.Settings.window;

import java.util.ArrayList;
import java.util.List;
import org.quadralib.graph.op.NeuronType;
import org.quadralib.graph.op.UnaryFunction;
import org.quadralib.layers.Activation;
import org.quadralib.layers.AvgPool2d;
import org.quadralib.layers.BatchNorm2d;
import org.quadralib.layers.Clip;
import org.quadralib.layers.Conv2d;
import org.quadralib.layers.Dense;
import org.quadralib.layers.DepthwiseQuadraticBlock;
import org.quadralib.layers.Dropout;
import org.quadralib.layers.Flatten;
import org.quadralib.layers.GlobalAvgPool2d;
import org.quadralib.layers.Initializer;
import org.quadralib.layers.Layer;
import org.quadralib.layers.LayerScale;
import org.quadralib.layers.LowRankConv2d;
import org.quadralib.layers.LowRankDense;
import org.quadralib.layers.MaxPool2d;
import org.quadralib.layers.QResDense;
import org.quadralib.layers.QuadEnhancer;
import org.quadralib.layers.QuadraticConv2d;
import org.quadralib.layers.QuadraticDense;
import org.quadralib.layers.QuadraticStart;
import org.quadralib.layers.ZeroPad2d;
import org.quadralib.names.Suggestions;

/** Layers that are not made of others, as the keys of a mapping; usual values are left out. */
final class LeafYaml {
  private static final List<String> TYPES =
      List.of(
          "conv2d",
          "dense",
          "quadratic-conv2d",
          "quadratic-dense",
          "low-rank-conv2d",
          "low-rank-dense",
          "qres-dense",
          "quad-enhancer",
          "layer-scale",
          "depthwise-quadratic-block",
          "batch-norm2d",
          "leaky-relu",
          "max-pool2d",
          "avg-pool2d",
          "global-avg-pool2d",
          "flatten",
          "dropout",
          "clip",
          "zero-pad2d");

  private LeafYaml() {}

  static Layer read(Fields f) {
    return switch (f.text("type")) {
      case "conv2d" ->
          new Conv2d(out(f), window(f, 1), groups(f), f.flag("bias", true), initializer(f));
      case "dense" -> new Dense(out(f), f.flag("bias", true), initializer(f));
      case "quadratic-conv2d" ->
          new QuadraticConv2d(
              out(f),
              window(f, 1),
              groups(f),
              f.choice("neuron", NeuronType.class, NeuronType.QUADRA),
              f.flag("bias", true),
              f.flag("branch-norm", false),
              initializer(f),
              backprop(f),
              f.choice("start", QuadraticStart.class, QuadraticStart.RANDOM));
      case "quadratic-dense" ->
          new QuadraticDense(
              out(f),
              f.choice("neuron", NeuronType.class, NeuronType.QUADRA),
              f.flag("bias", true),
              f.flag("branch-norm", false),
              initializer(f),
              backprop(f),
              f.choice("start", QuadraticStart.class, QuadraticStart.RANDOM));
      case "low-rank-conv2d" ->
          new LowRankConv2d(
              out(f), window(f, 1), rank(f), f.flag("projections", false), initializer(f));
      case "low-rank-dense" ->
          new LowRankDense(out(f), rank(f), f.flag("projections", false), initializer(f));
      case "qres-dense" -> new QResDense(out(f), initializer(f, Initializer.xavierNormal()));
      case "quad-enhancer" -> new QuadEnhancer(f.integer("terms", 1, MOST_PIXELS));
      case "layer-scale" -> new LayerScale(f.number("initial", 1));
      case "depthwise-quadratic-block" ->
          new DepthwiseQuadraticBlock(
              f.integer("kernel", 1, MOST_PIXELS, 7),
              f.integer("expansion", 1, 64, 4),
              f.number("layer-scale", 0.1));
      case "batch-norm2d" -> new BatchNorm2d(f.number("epsilon", new BatchNorm2d().epsilon()));
      case "leaky-relu" -> Activation.leakyRelu(f.number("slope", 0.01));
      case "max-pool2d" -> new MaxPool2d(poolWindow(f));
      case "avg-pool2d" -> new AvgPool2d(poolWindow(f));
      case "global-avg-pool2d" -> new GlobalAvgPool2d();
      case "flatten" -> new Flatten();
      case "dropout" -> new Dropout(f.number("rate", 0.5));
      case "clip" ->
          new Clip(
              f.has("low") ? f.number("low", 0) : Double.NEGATIVE_INFINITY,
              f.has("high") ? f.number("high", 0) : Double.POSITIVE_INFINITY);
      case "zero-pad2d" ->
          new ZeroPad2d(side(f, "top"), side(f, "bottom"), side(f, "left"), side(f, "right"));
      default -> activation(f);
    };
  }

  private static Layer activation(Fields f) {
    String type = f.text("type");
    for (UnaryFunction function : UnaryFunction.values()) {
      if (YamlText.name(function).equals(type)) {
        return new Activation(function, f.number("parameter", 0));
      }
    }
    throw f.wrong(
        "type", "there is no layer '%s'%s".formatted(type, Suggestions.didYouMean(type, types())));
  }

  /** The names of all layers, those made of others included. */
  private static List<String> types() {
    List<String> types = new ArrayList<>(TYPES);
    types.addAll(LayerYaml.TYPES);
    for (UnaryFunction function : UnaryFunction.values()) {
      types.add(YamlText.name(function));
    }
    return types;
  }

  /** Adds type and settings of a layer. */
  static YamlText write(Layer layer, YamlText y) {
    return switch (layer) {
      case Conv2d c -> {
        y.add("type", "conv2d").add("out", c.out());
        window(y, c.window(), 1);
        groups(y, c.groups());
        yield initializer(y.add("bias", c.bias(), true), c.initializer());
      }
      case Dense d ->
          initializer(
              y.add("type", "dense").add("out", d.out()).add("bias", d.bias(), true),
              d.initializer());
      case QuadraticConv2d q -> {
        y.add("type", "quadratic-conv2d").add("out", q.out());
        window(y, q.window(), 1);
        groups(y, q.groups());
        yield quadratic(
            y, q.neuron(), q.bias(), q.branchNorm(), q.initializer(), q.backprop(), q.start());
      }
      case QuadraticDense q ->
          quadratic(
              y.add("type", "quadratic-dense").add("out", q.out()),
              q.neuron(),
              q.bias(),
              q.branchNorm(),
              q.initializer(),
              q.backprop(),
              q.start());
      case LowRankConv2d l -> {
        y.add("type", "low-rank-conv2d").add("out", l.out());
        window(y, l.window(), 1);
        y.add("rank", l.rank()).add("projections", l.projections(), false);
        yield initializer(y, l.initializer());
      }
      case LowRankDense l ->
          initializer(
              y.add("type", "low-rank-dense")
                  .add("out", l.out())
                  .add("rank", l.rank())
                  .add("projections", l.projections(), false),
              l.initializer());
      case QResDense q ->
          initializer(
              y.add("type", "qres-dense").add("out", q.out()),
              q.initializer(),
              Initializer.xavierNormal());
      case QuadEnhancer q -> y.add("type", "quad-enhancer").add("terms", q.terms());
      case LayerScale l -> y.add("type", "layer-scale").add("initial", l.initial(), 1.0);
      case DepthwiseQuadraticBlock b ->
          y.add("type", "depthwise-quadratic-block")
              .add("kernel", b.kernel(), 7)
              .add("expansion", b.expansion(), 4)
              .add("layer-scale", b.layerScale(), 0.1);
      case BatchNorm2d b ->
          y.add("type", "batch-norm2d").add("epsilon", b.epsilon(), new BatchNorm2d().epsilon());
      case MaxPool2d m -> pool(y.add("type", "max-pool2d"), m.window());
      case AvgPool2d a -> pool(y.add("type", "avg-pool2d"), a.window());
      case GlobalAvgPool2d g -> y.add("type", "global-avg-pool2d");
      case Flatten f -> y.add("type", "flatten");
      case Dropout d -> y.add("type", "dropout").add("rate", d.rate(), 0.5);
      case Clip c -> {
        y.add("type", "clip");
        if (!Double.isInfinite(c.low())) {
          y.add("low", c.low());
        }
        yield Double.isInfinite(c.high()) ? y : y.add("high", c.high());
      }
      case ZeroPad2d z ->
          y.add("type", "zero-pad2d")
              .add("top", z.top(), 0)
              .add("bottom", z.bottom(), 0)
              .add("left", z.left(), 0)
              .add("right", z.right(), 0);
      case Activation a when a.function() == UnaryFunction.LEAKY_RELU ->
          y.add("type", "leaky-relu").add("slope", a.parameter(), 0.01);
      case Activation a ->
          y.add("type", YamlText.name(a.function())).add("parameter", a.parameter(), 0.0);
      default ->
          throw new IllegalArgumentException(
              "a layer of type %s cannot be written down; use one of the library's"
                  .formatted(layer.getClass().getSimpleName()));
    };
  }
}
