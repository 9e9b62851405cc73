package org.quadralib.layers;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.quadralib.graph.GraphBuilder;
import org.quadralib.graph.Value;
import org.quadralib.memory.Category;
import org.quadralib.memory.TensorArena;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;
import org.quadralib.tensor.TensorType;

/**
 * A network with weights: a layer, the shape of one example, and a tensor for each parameter.
 * Closing it frees the weights.
 */
public final class Model implements AutoCloseable {
  /** Name of the graph input that takes the examples. */
  public static final String INPUT = "x";

  private final Layer layer;
  private final Shape example;
  private final TensorArena arena;
  private final List<ParameterSpec> specs;
  private final Map<String, Tensor> parameters;

  private Model(Layer layer, Shape example, TensorArena arena, List<ParameterSpec> specs) {
    this.layer = layer;
    this.example = example;
    this.arena = arena;
    this.specs = specs;
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (ParameterSpec spec : specs) {
      tensors.put(spec.name(), arena.allocate(spec.name(), Category.PARAMETER, spec.type()));
    }
    this.parameters = Collections.unmodifiableMap(tensors);
  }

  /**
   * A freshly initialised model in an arena of its own.
   *
   * @param example shape of one example, without the batch: {@code [channels, height, width]} for
   *     images
   * @param seed the same seed gives the same weights
   */
  public static Model create(Layer layer, Shape example, long seed) {
    return create(layer, example, seed, TensorArena.root("model"));
  }

  /** A freshly initialised model; the arena becomes the model's and closes with it. */
  public static Model create(Layer layer, Shape example, long seed, TensorArena arena) {
    Traced traced =
        trace(layer, example, 1, Mode.EVALUATE, DType.FLOAT32, path -> Backprop.AUTODIFF);
    Model model = new Model(layer, example, arena, traced.trace().specs());
    model.initialize(seed);
    return model;
  }

  /** The network without its weights. */
  public Layer layer() {
    return layer;
  }

  /** Shape of one example, without the batch. */
  public Shape example() {
    return example;
  }

  /** The arena the weights live in; plans of the model go into children of it. */
  public TensorArena arena() {
    return arena;
  }

  /** What the layers declared, in the order of the network. */
  public List<ParameterSpec> specs() {
    return specs;
  }

  /**
   * All parameters and running statistics by name, in the order of the network: the state
   * dictionary.
   */
  public Map<String, Tensor> parameters() {
    return parameters;
  }

  /** Number of trainable parameters. */
  public long parameterCount() {
    return specs.stream()
        .filter(ParameterSpec::trainable)
        .mapToLong(spec -> spec.type().shape().elements())
        .sum();
  }

  /** Gives every parameter its first values; each depends only on the seed and its name. */
  public void initialize(long seed) {
    RandomGeneratorFactory<RandomGenerator> factory = RandomGeneratorFactory.of("L64X128MixRandom");
    for (ParameterSpec spec : specs) {
      RandomGenerator random = factory.create(seed * 31 + spec.name().hashCode());
      spec.initializer().fill(requireNonNull(parameters.get(spec.name())), random);
    }
  }

  /**
   * Takes over weights.
   *
   * @param weights by name; names ending in {@code num_batches_tracked}, which PyTorch's batch
   *     norms have, are ignored: running statistics do not need the count
   * @throws ModelMismatchException if names or shapes differ, listing all differences; the model is
   *     then unchanged
   */
  public void load(Map<String, Tensor> weights) {
    List<String> problems = new ArrayList<>();
    for (ParameterSpec spec : specs) {
      Tensor given = weights.get(spec.name());
      if (given == null) {
        problems.add("missing: " + spec.name() + " " + spec.type().shape());
      } else if (!given.type().equals(spec.type())) {
        problems.add("%s is %s, expected %s".formatted(spec.name(), given.type(), spec.type()));
      }
    }
    for (String name : weights.keySet()) {
      if (!parameters.containsKey(name) && !name.endsWith("num_batches_tracked")) {
        problems.add("unexpected: " + name + " " + weights.get(name).shape());
      }
    }
    if (!problems.isEmpty()) {
      throw new ModelMismatchException(problems);
    }
    parameters.forEach((name, tensor) -> tensor.copyFrom(requireNonNull(weights.get(name))));
  }

  /**
   * Traces the network for a batch size.
   *
   * @return the graph so far, to be extended with a loss or outputs
   */
  public Traced trace(int batch, Mode mode, Backprop backprop) {
    return trace(batch, mode, path -> backprop);
  }

  /**
   * Traces the network for a batch size.
   *
   * @param backprop how to differentiate the quadratic layer at a path
   */
  public Traced trace(int batch, Mode mode, Function<String, Backprop> backprop) {
    return trace(layer, example, batch, mode, DType.FLOAT32, backprop);
  }

  /** Traces a network that needs no weights for it. */
  public static Traced trace(
      Layer layer,
      Shape example,
      int batch,
      Mode mode,
      DType dtype,
      Function<String, Backprop> backprop) {
    GraphBuilder graph = new GraphBuilder();
    Trace trace = new Trace(graph, mode, dtype, backprop);
    int[] dims = new int[example.rank() + 1];
    dims[0] = batch;
    System.arraycopy(example.dims(), 0, dims, 1, example.rank());
    Value x = graph.input(INPUT, new TensorType(dtype, Shape.of(dims)));
    return new Traced(trace, x, layer.trace(trace, x));
  }

  /** A traced network: its graph, its input and its output. */
  public record Traced(Trace trace, Value input, Value output) {
    /** The graph being built. */
    public GraphBuilder graph() {
      return trace.graph();
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
