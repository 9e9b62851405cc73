package org.quadralib.samples;

import java.util.List;
import org.quadralib.models.ModelEntry;
import org.quadralib.models.Models;

/** Models by the name a user typed. */
public final class ModelPool {
  private ModelPool() {}

  /**
   * The model with a name.
   *
   * @throws IllegalArgumentException if there is none, with the nearest name and all names
   */
  public static ModelEntry named(String name) {
    List<String> names = Models.all().stream().map(ModelEntry::name).toList();
    if (!names.contains(name)) {
      throw new IllegalArgumentException(
          "there is no model '%s'%s; the models are %s"
              .formatted(name, Suggestions.didYouMean(name, names), String.join(", ", names)));
    }
    return Models.named(name);
  }
}
