package org.quadralib.autobuild;

import java.util.List;

/**
 * A network that the auto-builder trained.
 *
 * @param name of the stage and its folder
 * @param removed paths of the units that the network before had more
 * @param probes by which they were chosen
 * @param epochs it was trained in this stage
 * @param validationAccuracy of the selected weights
 * @param testAccuracy of the selected weights; chooses nothing
 * @param trainSeconds spent on training steps
 * @param outputDifference how much outputs changed by the conversion, relative to the largest; 0
 *     for other stages
 */
public record Stage(
    String name,
    List<String> removed,
    List<Probe> probes,
    Cost cost,
    int epochs,
    double validationAccuracy,
    double testAccuracy,
    double trainSeconds,
    double outputDifference) {
  /** Copies the lists. */
  public Stage {
    removed = List.copyOf(removed);
    probes = List.copyOf(probes);
  }
}
