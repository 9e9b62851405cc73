package org.quadralib.models;

import java.util.ArrayList;
import java.util.List;
import org.quadralib.graph.op.NeuronType;
import org.quadralib.names.Suggestions;

/** The models that can be had by name. */
public final class Models {
  private static final List<ModelEntry> ALL = pool();

  private Models() {}

  private static List<ModelEntry> pool() {
    List<ModelEntry> pool = new ArrayList<>();
    pool.add(
        quadratic(
            "qcnn",
            "three quadratic convolutions, for digits and other small images",
            true,
            (example, classes, neurons) -> SmallModels.cnn(classes, neurons)));
    pool.add(
        quadratic(
            "qmlp",
            "one hidden layer of quadratic neurons",
            false,
            (example, classes, neurons) -> SmallModels.mlp(classes, neurons)));
    pool.add(
        quadratic(
            "qres-mlp",
            "two hidden layers of quadratic residual neurons (QRes)",
            false,
            (example, classes, neurons) -> {
              neurons.requireUsual("qres-mlp");
              return SmallModels.qresMlp(classes);
            }));
    pool.add(quadratic("qvgg7", "quadratic VGG with 7 convolutions", true, Vgg.family(Vgg.Q7)));
    both(pool, "vgg11", "VGG with 8 convolutions", Vgg.family(Vgg.A));
    both(pool, "vgg13", "VGG with 10 convolutions", Vgg.family(Vgg.B));
    both(pool, "vgg16", "VGG with 13 convolutions", Vgg.family(Vgg.D));
    both(pool, "vgg19", "VGG with 16 convolutions", Vgg.family(Vgg.E));
    // Named as published: one block a stage, ten convolutions and maps with the shortcuts'.
    pool.add(
        quadratic("qresnet10", "quadratic residual network, 3 blocks", true, ResNet.family(1)));
    pool.add(
        quadratic(
            "qresnet14", "quadratic residual network with 14 layers", true, ResNet.family(2)));
    for (int blocks : new int[] {3, 5, 7, 9, 18}) {
      int depth = 6 * blocks + 2;
      both(
          pool,
          "resnet" + depth,
          "residual network with " + depth + " layers",
          ResNet.family(blocks));
    }
    both(
        pool,
        "resnet18",
        "residual network for large images, 18 layers",
        ImageNetResNet.basic(2, 2, 2, 2));
    both(
        pool,
        "resnet34",
        "residual network for large images, 34 layers",
        ImageNetResNet.basic(3, 4, 6, 3));
    both(
        pool,
        "resnet50",
        "residual network for large images, 50 layers",
        ImageNetResNet.bottleneck(3, 4, 6, 3));
    both(pool, "mobilenetv1", "depthwise-separable network", MobileNet.family());
    pool.add(
        quadratic(
            "quadranet",
            "depthwise quadratic blocks, 7×7 (QuadraNet)",
            false,
            (example, classes, neurons) -> {
              neurons.requireUsual("quadranet");
              return QuadraNet.network(example, classes);
            }));
    return List.copyOf(pool);
  }

  private static void both(
      List<ModelEntry> pool, String name, String description, ModelEntry.Family family) {
    pool.add(
        new ModelEntry(name, "first-order " + description, NeuronType.FIRST_ORDER, true, family));
    pool.add(quadratic("q" + name, "quadratic " + description, true, family));
  }

  private static ModelEntry quadratic(
      String name, String description, boolean branchNorm, ModelEntry.Family family) {
    return new ModelEntry(name, description, NeuronType.QUADRA, branchNorm, family);
  }

  /** All models, in the order in which they are listed. */
  public static List<ModelEntry> all() {
    return ALL;
  }

  /**
   * The model with a name.
   *
   * @throws IllegalArgumentException if there is none, listing those there are
   */
  public static ModelEntry named(String name) {
    return ALL.stream()
        .filter(model -> model.name().equals(name))
        .findFirst()
        .orElseThrow(() -> unknown(name));
  }

  private static IllegalArgumentException unknown(String name) {
    List<String> names = ALL.stream().map(ModelEntry::name).toList();
    return new IllegalArgumentException(
        "there is no model '%s'%s; the models are %s"
            .formatted(name, Suggestions.didYouMean(name, names), String.join(", ", names)));
  }
}
