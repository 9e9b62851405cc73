package org.quadralib.bench.versus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class QuartilesTest {
  @Test
  void interpolatesBetweenTheNearest() {
    assertEquals(new Quartiles(1.75, 2.5, 3.25), Quartiles.of(new double[] {4, 1, 3, 2}));
    assertEquals(new Quartiles(7, 7, 7), Quartiles.of(new double[] {7}));
  }

  @Test
  void takesRatiosRoundByRound() {
    double[] above = {2, 30, 8};
    double[] below = {1, 10, 2};
    assertEquals(new Quartiles(2.5, 3, 3.5), Quartiles.ofRatios(above, below));
  }

  @Test
  void ofNothingThereAreNone() {
    assertThrows(IllegalArgumentException.class, () -> Quartiles.of(new double[0]));
  }
}
