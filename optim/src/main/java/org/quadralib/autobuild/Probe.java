package org.quadralib.autobuild;

/**
 * How dispensable a unit was found.
 *
 * @param unit path of the unit
 * @param parameterShare its share of the network's parameters
 * @param macShare its share of the network's multiply-accumulates
 * @param accuracyLoss how much validation accuracy fell when it was masked
 * @param importance {@code RI = parameterShare · macShare / accuracyLoss}: high for what is costly
 *     and dispensable
 */
public record Probe(
    String unit, double parameterShare, double macShare, double accuracyLoss, double importance) {}
