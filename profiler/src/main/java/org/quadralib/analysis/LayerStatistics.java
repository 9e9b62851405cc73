package org.quadralib.analysis;

/**
 * How the numbers of one kind are distributed in a layer.
 *
 * @param layer path of the layer
 * @param term which of its terms they belong to
 */
public record LayerStatistics(String layer, Kind kind, Term term, Histogram histogram) {
  /** Kinds of numbers. */
  public enum Kind {
    /** Weights of maps. */
    WEIGHT,
    /** Derivatives of the loss by weights, as the optimizer gets them. */
    GRADIENT,
    /** What comes out. */
    ACTIVATION
  }
}
