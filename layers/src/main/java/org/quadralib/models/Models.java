package org.quadralib.models;

import java.util.List;
import org.quadralib.names.Suggestions;

/** The models that can be had by name. */
public final class Models {
  private static final List<ModelEntry> ALL =
      List.of(
          new ModelEntry(
              "qcnn",
              "three quadratic convolutions, for digits and other small images",
              SmallModels::quadraticCnn),
          new ModelEntry(
              "qmlp", "one hidden layer of quadratic neurons", SmallModels::quadraticMlp),
          new ModelEntry("qvgg7", "quadratic VGG with 7 convolutions", Vgg::qvgg7),
          new ModelEntry("vgg16", "first-order VGG with 13 convolutions", Vgg::vgg16),
          new ModelEntry(
              "qresnet14", "quadratic residual network with 14 layers", ResNet::qresnet14),
          new ModelEntry(
              "resnet32", "first-order residual network with 32 layers", ResNet::resnet32));

  private Models() {}

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
