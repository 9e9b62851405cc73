package org.quadralib.contract;

import java.util.List;
import java.util.stream.Stream;

/** The list of cases that every backend must pass. */
final class ContractCases {
  private ContractCases() {}

  /** All of them; a new operation adds its own. */
  static List<ContractCase> all() {
    return Stream.of(
            UnaryCases.all(),
            ElementwiseCases.all(),
            InPlaceCases.all(),
            LinearCases.all(),
            PoolingCases.all(),
            NormalizationCases.all(),
            MovementCases.all(),
            LossCases.all(),
            UpdateCases.all(),
            QuadraticCases.all(),
            FusedCases.all())
        .flatMap(List::stream)
        .toList();
  }
}
