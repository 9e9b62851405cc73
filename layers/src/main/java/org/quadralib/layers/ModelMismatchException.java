package org.quadralib.layers;

import java.util.List;

/** Weights of another model. */
public final class ModelMismatchException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> problems;

  ModelMismatchException(List<String> problems) {
    super(
        "the weights are not of this model: %d differences, nothing was loaded: %s"
            .formatted(problems.size(), String.join("; ", problems)));
    this.problems = List.copyOf(problems);
  }

  /** Each missing, unexpected or differently shaped parameter. */
  public List<String> problems() {
    return problems;
  }
}
