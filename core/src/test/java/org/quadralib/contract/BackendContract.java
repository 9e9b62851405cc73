package org.quadralib.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.quadralib.backend.Backend;
import org.quadralib.backend.CpuBackend;
import org.quadralib.backend.WatchedBackend;
import org.quadralib.backend.scalar.ScalarBackend;
import org.quadralib.graph.Node;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.Op;
import org.quadralib.plan.Plan;
import org.quadralib.tensor.DType;

/**
 * What every backend must do, the same for all: give the results of the scalar backend in double
 * precision to within rounding, for every operation and its gradient, for awkward sizes, bit for
 * bit the same on every run and with any number of threads, and touch no memory but its own.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class BackendContract {
  private static final int MOST_THREADS = 3;
  private static final double GOLDEN = 1e-5;

  private final List<Backend> backends = new ArrayList<>(); // by number of threads, from 1
  private final Backend reference = new ScalarBackend();
  private final Set<Class<? extends Op>> foundUnsupported = new HashSet<>();
  private SupportTable table;

  /** For subclasses. */
  protected BackendContract() {}

  /** The backend under test. */
  protected abstract Backend backend(int threads);

  /**
   * Operations that this backend is known not to have, in any graph. They appear as “–” in the
   * table. Everything else must pass.
   */
  protected Set<Class<? extends Op>> expectedUnsupported() {
    return Set.of();
  }

  /**
   * Whether convolutions may use a Winograd algorithm: each element may then be off by as much as
   * the largest, as it has the rounding errors of its neighbours.
   */
  protected boolean usesWinograd() {
    return false;
  }

  @BeforeAll
  void open() {
    for (int threads = 1; threads <= MOST_THREADS; threads++) {
      backends.add(backend(threads));
    }
    Backend first = backends.getFirst();
    String column = first.name() + (usesWinograd() ? "-winograd" : "");
    table = new SupportTable(column, first.description());
  }

  @AfterAll
  void close() {
    backends.forEach(Backend::close);
    table.publish();
  }

  /** Every case, and the gradient of every case that has one. */
  @TestFactory
  Stream<DynamicNode> operations() {
    Map<String, List<DynamicNode>> byOperation = new TreeMap<>();
    for (ContractCase contractCase : ContractCases.all()) {
      List<DynamicNode> tests =
          byOperation.computeIfAbsent(contractCase.op().getSimpleName(), name -> new ArrayList<>());
      tests.add(test(contractCase));
      if (contractCase.order() > 0) {
        tests.add(test(contractCase.gradient()));
      }
    }
    return byOperation.entrySet().stream()
        .map(entry -> DynamicContainer.dynamicContainer(entry.getKey(), entry.getValue()));
  }

  /**
   * Every layer that PyTorch has computed, differentiated in both ways: no element of a result or a
   * gradient is further from the golden number than {@code 1e-5} of the largest in its tensor.
   */
  @TestFactory
  Stream<DynamicNode> goldenLayers() {
    return GoldenLayer.all().stream()
        .flatMap(
            layer ->
                Stream.of(GoldenLayer.Lowering.values())
                    .map(
                        lowering ->
                            golden(layer.key() + " " + lowering, () -> layer.graph(lowering))));
  }

  /** Every operation that PyTorch has computed, with the same tolerance. */
  @TestFactory
  Stream<DynamicNode> goldenOperations() {
    return GoldenOperations.all().entrySet().stream()
        .map(
            entry ->
                golden(
                    entry.getKey(),
                    () -> {
                      GoldenGraph graph = GoldenOperations.graph(entry.getKey());
                      entry.getValue().accept(graph);
                      return graph;
                    }));
  }

  private DynamicNode golden(String name, Supplier<GoldenGraph> golden) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          GoldenGraph graph = golden.get();
          Plan plan = backends.getFirst().plan(graph.builder().build());
          if (!isUnsupported(backends.getFirst(), plan)) {
            graph
                .errors(backends.getFirst(), plan)
                .forEach((y, error) -> assertTrue(error <= GOLDEN, y + " is off by " + error));
          }
        });
  }

  private DynamicTest test(ContractCase contractCase) {
    return DynamicTest.dynamicTest(
        contractCase.title(),
        () -> {
          boolean passed = false;
          try {
            check(contractCase);
            passed = true;
          } finally {
            if (!passed) {
              table.failed(contractCase);
            }
          }
        });
  }

  private void check(ContractCase contractCase) {
    CaseGraph.Traced traced = CaseGraph.trace(contractCase.graph(), DType.FLOAT32);
    Backend backend = backends.getFirst();
    Plan plan = backend.plan(traced.graph());
    if (isUnsupported(backend, plan)) {
      table.unsupported(contractCase);
      return;
    }
    Map<String, float[]> feeds = Seed.feeds(contractCase, traced);
    Map<String, double[]> actual;
    try (CaseRun run = new CaseRun(backend, plan)) {
      assertEquals(plan.peakBytes(), run.heldBytes(), "bytes held, as the plan predicts them");
      actual = run.run(feeds);
      assertSame("the second run", actual, run.run(feeds));
    }
    CaseGraph.Traced precise = CaseGraph.trace(contractCase.graph(), DType.FLOAT64);
    Map<String, double[]> expected = CaseRun.once(reference, precise.graph(), feeds);
    var tolerances =
        Tolerance.of(contractCase.bound(), precise.graph(), feeds, expected, usesWinograd());
    Comparison comparison = Comparison.of(expected, actual, tolerances);
    assertTrue(comparison.worst() <= 1, () -> comparison.where() + "; " + Seed.hint());
    if (backend instanceof CpuBackend cpu) {
      assertTouchesOnlyItsOwn(cpu, plan, feeds, actual);
    }
    for (int threads = 2; threads <= MOST_THREADS; threads++) {
      Backend parallel = backends.get(threads - 1);
      assertSame(threads + " threads", actual, CaseRun.once(parallel, traced.graph(), feeds));
    }
    table.passed(contractCase, comparison.worst());
  }

  /** Whether the backend lacks something that it is known to lack; anything else is a failure. */
  private boolean isUnsupported(Backend backend, Plan plan) {
    List<Node> missing =
        plan.graph().nodes().stream()
            .filter(
                node ->
                    !backend.supports(node.op(), node.inputs().stream().map(Value::type).toList()))
            .toList();
    for (Node node : missing) {
      if (!expectedUnsupported().contains(node.op().getClass())) {
        fail("backend '%s' does not support %s".formatted(backend.name(), node));
      }
      foundUnsupported.add(node.op().getClass());
    }
    if (!missing.isEmpty()) {
      var e =
          assertThrows(
              UnsupportedOperationException.class, () -> new CaseRun(backend, plan).close());
      assertTrue(e.getMessage().contains(missing.getFirst().op().name()), e.getMessage());
    }
    return !missing.isEmpty();
  }

  private static void assertTouchesOnlyItsOwn(
      CpuBackend backend, Plan plan, Map<String, float[]> feeds, Map<String, double[]> clean) {
    WatchedBackend watched = new WatchedBackend(backend, plan);
    try (CaseRun run = new CaseRun(watched, plan)) {
      assertSame("the run on poisoned memory", clean, run.run(feeds, watched.poison()));
    }
    for (String used : watched.kernelPackages()) {
      String own = backend.getClass().getPackageName();
      assertTrue(
          used.equals(own) || used.startsWith(own + "."),
          () -> "a kernel of backend '%s' comes from %s".formatted(backend.name(), used));
    }
  }

  private static void assertSame(
      String what, Map<String, double[]> first, Map<String, double[]> second) {
    first.forEach(
        (name, values) ->
            assertArrayEquals(
                values,
                second.get(name),
                () -> "%s gives other bits in %s; %s".formatted(what, name, Seed.hint())));
  }

  /** A backend that learns an operation must say so. */
  @AfterAll
  void whatIsExpectedToBeMissingIsMissing() {
    assertEquals(expectedUnsupported(), foundUnsupported);
  }

  /** The backend under test is the one asked for, not one it fell back to. */
  @Test
  void hasOneNameForAnyNumberOfThreads() {
    Map<String, Integer> names = new LinkedHashMap<>();
    backends.forEach(backend -> names.merge(backend.name(), 1, Integer::sum));
    assertEquals(Map.of(backends.getFirst().name(), MOST_THREADS), names);
  }
}
