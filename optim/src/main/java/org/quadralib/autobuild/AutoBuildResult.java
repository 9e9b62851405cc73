package org.quadralib.autobuild;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quadralib.layers.Layer;

/**
 * What a build came to.
 *
 * @param stages in their order, without the baseline
 * @param product the last stage
 * @param network its architecture
 * @param firstOrder the network it was made from
 * @param baseline a first-order network of as many parameters, trained as long; null if not asked
 *     for
 * @param met whether the product keeps to the budget
 * @param note what was reached and what was asked, and what kept it from more, in one sentence
 */
public record AutoBuildResult(
    List<Stage> stages,
    Stage product,
    Layer network,
    Layer firstOrder,
    @Nullable Stage baseline,
    boolean met,
    String note) {
  /** Copies the stages. */
  public AutoBuildResult {
    stages = List.copyOf(stages);
  }
}
