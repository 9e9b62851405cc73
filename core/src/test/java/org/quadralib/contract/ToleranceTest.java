package org.quadralib.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.quadralib.backend.scalar.ScalarBackend;
import org.quadralib.tensor.DType;

/** The contract is only as good as its tolerances: they must be honest, and small. */
class ToleranceTest {
  /** Allowed error as a share of the largest result; what is wrong is off by far more. */
  private static final double SMALL = 2e-3;

  @TestFactory
  Stream<DynamicTest> tolerancesAreSmallAndSumsOfTermsBoundTheirResults() {
    return ContractCases.all().stream()
        .filter(c -> c.bound() instanceof Bound.Accumulated)
        .map(c -> DynamicTest.dynamicTest(c.title(), () -> check(c)));
  }

  private static void check(ContractCase contractCase) {
    check(contractCase, false);
    check(contractCase, true);
  }

  private static void check(ContractCase contractCase, boolean winograd) {
    var traced = CaseGraph.trace(contractCase.graph(), DType.FLOAT64);
    var feeds = Seed.feeds(contractCase, traced);
    var reference = CaseRun.once(new ScalarBackend(), traced.graph(), feeds);
    var tolerances = Tolerance.of(contractCase.bound(), traced.graph(), feeds, reference, winograd);
    boolean cancelling = ((Bound.Accumulated) contractCase.bound()).cancelling();
    double all = reference.values().stream().mapToDouble(ToleranceTest::peak).max().orElse(0);
    reference.forEach(
        (name, values) -> {
          double largest = cancelling ? all : peak(values);
          double allowed = peak(tolerances.get(name));
          // A single sum, or a difference of equals, may be small by chance or by nature.
          assertTrue(
              allowed <= SMALL * largest || values.length < 4 || largest == 0,
              () -> "%s may be off by %.3g of %.3g".formatted(name, allowed, largest));
          for (int i = 0; i < values.length; i++) {
            double terms = tolerances.get(name)[i] / (8 * Bound.UNIT);
            double value = Math.abs(values[i]);
            assertTrue(
                !Double.isFinite(value) || value <= terms * (1 + 1e-9),
                () -> name + " is " + value + ", but its terms sum to at most " + terms);
          }
        });
  }

  private static double peak(double[] values) {
    return Arrays.stream(values).map(Math::abs).filter(Double::isFinite).max().orElse(0);
  }

  @Test
  void aFailureNamesTheWorstElement() {
    Map<String, double[]> expected = Map.of("a", new double[] {1, 2}, "b", new double[] {3, 4});
    Map<String, double[]> actual = Map.of("a", new double[] {1.1, 2}, "b", new double[] {3, 4.3});
    Map<String, double[]> allowed = Map.of("a", new double[] {1, 1}, "b", new double[] {1, 0.1});
    Comparison comparison = Comparison.of(expected, actual, allowed);
    assertEquals(3, comparison.worst(), 1e-9);
    assertEquals(
        "b[1]: expected 4.0, but was 4.3; allowed error 0.100, actual 0.300", comparison.where());
  }

  @Test
  void whatIsNotFiniteMustBeTheSame() {
    double inf = Double.POSITIVE_INFINITY;
    assertEquals(0, share(Double.NaN, Double.NaN));
    assertEquals(0, share(inf, inf));
    assertEquals(0, share(1e39, inf), "too large for a float");
    assertEquals(inf, share(inf, -inf));
    assertEquals(inf, share(1, Double.NaN));
    assertEquals(inf, share(Double.NaN, 0));
    assertEquals(inf, share(3e38, inf));
  }

  @Test
  void withoutToleranceOnlyTheRoundedReferenceWillDo() {
    assertEquals(0, Comparison.of(one(0.1), one(0.1f), one(0)).worst());
    assertTrue(Comparison.of(one(0.1), one(Math.nextUp(0.1f)), one(0)).worst() > 1);
  }

  private static double share(double expected, double actual) {
    return Comparison.of(one(expected), one(actual), one(1)).worst();
  }

  private static Map<String, double[]> one(double value) {
    return Map.of("y0", new double[] {value});
  }
}
