package org.quadralib.bench.versus;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.quadralib.profile.WarmUp;

class InterleavingTest {
  private final List<String> order = new ArrayList<>();

  private IntToDoubleFunction slow(String name, double millis) {
    return times -> {
      order.add(name);
      return millis;
    };
  }

  @Test
  void takesTurnsAndLetsNobodyAlwaysBeFirst() {
    Interleaving interleaving = new Interleaving(3, new WarmUp(0), line -> {});
    double[][] millis =
        interleaving.measure(
            "work",
            List.of(
                new Interleaving.Runner("a", slow("a", 100)),
                new Interleaving.Runner("b", slow("b", 200))));
    assertArrayEquals(new double[] {100, 100, 100}, millis[0]);
    assertArrayEquals(new double[] {200, 200, 200}, millis[1]);
    // After the warm-up each turn is a run without a clock and one with it.
    assertEquals("a b a a b b b b a a a a b b", String.join(" ", order));
  }

  @Test
  void resultsThatAreNoNumbersDoNotAgree() {
    float[] one = {1};
    float[] nan = {Float.NaN};
    assertEquals(
        5e-4, Agreement.require("x", "y", new float[] {2, 4}, new float[] {2, 4.002f}), 1e-6);
    assertThrows(IllegalStateException.class, () -> Agreement.require("x", "y", one, nan));
    assertThrows(
        IllegalStateException.class, () -> Agreement.require("x", "y", one, new float[] {1.01f}));
    assertThrows(
        IllegalStateException.class, () -> Agreement.require("x", "y", one, new float[] {1, 1}));
  }
}
