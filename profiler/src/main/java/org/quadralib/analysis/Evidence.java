package org.quadralib.analysis;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.quadralib.autodiff.Differentiator;
import org.quadralib.backend.Backend;
import org.quadralib.backend.Executable;
import org.quadralib.graph.GraphBuilder;
import org.quadralib.graph.Value;
import org.quadralib.layers.Backprop;
import org.quadralib.layers.Mode;
import org.quadralib.layers.Model;
import org.quadralib.memory.TensorArena;
import org.quadralib.tensor.Tensor;

/**
 * Where in an image the evidence for a class lies: integrated gradients (Sundararajan et al. 2017,
 * arXiv 1703.01365). The gradient of the class's logit is averaged on the way from an image of
 * zeros (the mean image, where images are normalised) to this one and multiplied by the image, so
 * that evidence adds up to the difference of the two logits.
 *
 * <p>The part of first order comes by paths through first-order terms only: second-order terms are
 * held constant on the way back. The rest came through at least one second-order term.
 *
 * @param target the class
 * @param total {@code [height × width]}, summed over channels
 * @param first the part of first order
 * @param second the rest
 * @param logit of the class for the image
 * @param baseline logit of the class for zeros
 */
public record Evidence(
    int target, float[] total, float[] first, float[] second, double logit, double baseline) {
  /** Places on the way that are looked at. */
  public static final int STEPS = 32;

  private static final String CLASSES = "classes";
  private static final String LOGITS = "logits";

  /** How much of the evidence, by its size, lies where a mask is set; NaN if there is none. */
  public static double shareIn(float[] evidence, boolean[] mask) {
    double inside = 0;
    double all = 0;
    for (int i = 0; i < evidence.length; i++) {
      all += Math.abs(evidence[i]);
      inside += mask[i] ? Math.abs(evidence[i]) : 0;
    }
    return inside / all;
  }

  /**
   * Evidence in some images.
   *
   * @param images {@code [n, channels, height, width]}, as the model takes them
   * @param targets the class to look for in each
   */
  public static List<Evidence> of(Model model, Backend backend, Tensor images, int[] targets) {
    int count = Inputs.count(images);
    Model.Traced traced = model.trace(count, Mode.EVALUATE, Backprop.AUTODIFF);
    GraphBuilder graph = traced.graph();
    Value logits = traced.output();
    Collection<LayerTerms> layers = LayerTerms.of(graph.build()).values();
    graph.output(LOGITS, logits);
    Map<Value, Value> upstream = Map.of(logits, graph.input(CLASSES, logits.type()));
    Value x = traced.input();
    graph.output("total", gradient(graph, upstream, x, List.of()));
    graph.output("first", gradient(graph, upstream, x, secondOrder(layers)));
    try (TensorArena arena = model.arena().child("evidence")) {
      Executable run = backend.compile(backend.plan(graph.build()), arena, model.parameters());
      choose(run.input(CLASSES), targets);
      int size = (int) (images.elements() / count);
      float[] total = new float[(int) images.elements()];
      float[] first = new float[total.length];
      for (int step = 0; step < STEPS; step++) {
        scale(images, (step + 0.5) / STEPS, run.input(Model.INPUT));
        run.run();
        add(run.output("total"), total);
        add(run.output("first"), first);
      }
      double[] baseline = logits(run, images, 0, targets);
      double[] logit = logits(run, images, 1, targets);
      int plane = images.shape().dim(2) * images.shape().dim(3);
      List<Evidence> evidence = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        float[] all = weighted(images, total, i * size, size, plane);
        float[] ofFirst = weighted(images, first, i * size, size, plane);
        float[] rest = new float[plane];
        for (int p = 0; p < plane; p++) {
          rest[p] = all[p] - ofFirst[p];
        }
        evidence.add(new Evidence(targets[i], all, ofFirst, rest, logit[i], baseline[i]));
      }
      return evidence;
    }
  }

  private static Value gradient(
      GraphBuilder graph, Map<Value, Value> upstream, Value x, List<Value> constants) {
    List<Value> variables = new ArrayList<>(List.of(x));
    variables.addAll(constants); // what is a variable itself passes nothing on to x
    return java.util.Objects.requireNonNull(
        Differentiator.gradients(graph, upstream, variables).get(x));
  }

  private static List<Value> secondOrder(Collection<LayerTerms> layers) {
    List<Value> values = new ArrayList<>();
    for (LayerTerms layer : layers) {
      values.addAll(layer.factors());
      if (layer.second() != null) {
        values.add(layer.second());
      }
    }
    return values;
  }

  private static void choose(Tensor classes, int[] targets) {
    int columns = classes.shape().dim(1);
    for (int i = 0; i < targets.length; i++) {
      for (int j = 0; j < columns; j++) {
        classes.set((long) i * columns + j, j == targets[i] ? 1 : 0);
      }
    }
  }

  private static void scale(Tensor images, double factor, Tensor batch) {
    for (long i = 0; i < images.elements(); i++) {
      batch.set(i, factor * images.get(i));
    }
  }

  private static void add(Tensor gradient, float[] sum) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += (float) gradient.get(i);
    }
  }

  private static double[] logits(Executable run, Tensor images, double factor, int[] targets) {
    scale(images, factor, run.input(Model.INPUT));
    run.run();
    Tensor logits = run.output(LOGITS);
    double[] values = new double[targets.length];
    for (int i = 0; i < targets.length; i++) {
      values[i] = logits.get((long) i * logits.shape().dim(1) + targets[i]);
    }
    return values;
  }

  /** Image times mean gradient, summed over channels. */
  private static float[] weighted(Tensor images, float[] sums, int from, int size, int plane) {
    float[] map = new float[plane];
    for (int i = 0; i < size; i++) {
      map[i % plane] += (float) (images.get(from + i) * sums[from + i] / STEPS);
    }
    return map;
  }
}
