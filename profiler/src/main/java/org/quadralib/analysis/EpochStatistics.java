package org.quadralib.analysis;

import java.util.List;
import java.util.Optional;

/**
 * The statistics taken in one epoch.
 *
 * @param epoch from 0
 * @param layers in the order of the network
 */
public record EpochStatistics(int epoch, List<LayerStatistics> layers) {
  /** Copies the list. */
  public EpochStatistics {
    layers = List.copyOf(layers);
  }

  /** One of them. */
  public Optional<Histogram> find(String layer, LayerStatistics.Kind kind, Term term) {
    return layers.stream()
        .filter(s -> s.layer().equals(layer) && s.kind() == kind && s.term() == term)
        .map(LayerStatistics::histogram)
        .findFirst();
  }
}
