package org.quadralib.bench.versus;

import java.util.Random;
import java.util.function.Function;
import org.quadralib.layers.Backprop;
import org.quadralib.layers.Layer;
import org.quadralib.tensor.Shape;

/**
 * What everyone has to do: training steps of cross-entropy by SGD (momentum 0.9, weight decay 5e-4)
 * and inference, on one batch of normal random images with random labels, in 32-bit floats.
 *
 * @param name of the model
 * @param example shape of one example, without the batch
 * @param threads to compute with
 * @param backend of the library
 * @param backprop how the library differentiates layers, by name
 * @param ways the same by the path of a layer
 */
public record Workload(
    String name,
    Layer network,
    Shape example,
    int classes,
    int batch,
    int threads,
    String backend,
    String backprop,
    Function<String, Backprop> ways) {
  /** Seed of the initial weights. */
  public static final long SEED = 1;

  /** Small, so that training on random labels stays finite for as long as one likes. */
  public static final double LEARNING_RATE = 1e-3;

  /** Of SGD. */
  public static final double MOMENTUM = 0.9;

  /** Of SGD. */
  public static final double WEIGHT_DECAY = 5e-4;

  /** The same with another network of the same name. */
  public Workload network(Layer other) {
    return new Workload(name, other, example, classes, batch, threads, backend, backprop, ways);
  }

  /** The same with another size of the batch. */
  public Workload batch(int other) {
    return new Workload(name, network, example, classes, other, threads, backend, backprop, ways);
  }

  /** The same with another number of threads. */
  public Workload threads(int other) {
    return new Workload(name, network, example, classes, batch, other, backend, backprop, ways);
  }

  /** The same on another backend. */
  public Workload backend(String other) {
    return new Workload(name, network, example, classes, batch, threads, other, backprop, ways);
  }

  /** The same with a way of back-propagation for each layer. */
  public Workload ways(Function<String, Backprop> other) {
    return new Workload(name, network, example, classes, batch, threads, backend, backprop, other);
  }

  /** The same with images of another shape. */
  public Workload example(Shape other) {
    return new Workload(name, network, other, classes, batch, threads, backend, backprop, ways);
  }

  /** The images, {@code [batch, …]} row-major. */
  public float[] images() {
    return gaussians(SEED, batch * example.elements());
  }

  /** Their labels. */
  public int[] labels() {
    return new Random(SEED).ints(batch, 0, classes).toArray();
  }

  /** What comes back to a layer from those after it, {@code elements} of its output. */
  public static float[] upstream(long elements) {
    return gaussians(SEED + 1, elements);
  }

  private static float[] gaussians(long seed, long count) {
    Random random = new Random(seed);
    float[] values = new float[Math.toIntExact(count)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
