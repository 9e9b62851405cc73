package org.quadralib.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.quadralib.backend.Backend;
import org.quadralib.backend.scalar.ScalarBackend;
import org.quadralib.graph.Node;
import org.quadralib.graph.Value;
import org.quadralib.memory.TensorArena;
import org.quadralib.plan.Buffer;
import org.quadralib.plan.Placement;
import org.quadralib.plan.Plan;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Tensor;

/** What holds for the plan of any graph, checked on those of all cases and their gradients. */
class PlanInvariantsTest {
  private final Backend backend = new ScalarBackend();

  @TestFactory
  Stream<DynamicTest> plans() {
    return ContractCases.all().stream()
        .flatMap(c -> c.order() == 0 ? Stream.of(c) : Stream.of(c, c.gradient()))
        .map(c -> DynamicTest.dynamicTest(c.title(), () -> check(plan(c))));
  }

  private Plan plan(ContractCase contractCase) {
    return backend.plan(CaseGraph.trace(contractCase.graph(), DType.FLOAT32).graph());
  }

  private void check(Plan plan) {
    assertNoLiveBuffersOverlap(plan);
    assertValuesLiveWhileUsed(plan);
    assertBytesArePredicted(plan);
  }

  static void assertNoLiveBuffersOverlap(Plan plan) {
    List<Buffer> buffers = plan.buffers();
    for (int i = 0; i < buffers.size(); i++) {
      Buffer a = buffers.get(i);
      assertEquals(0, a.offset() % TensorArena.ALIGNMENT, () -> a + " is not aligned");
      assertTrue(a.offset() + a.bytes() <= plan.slabBytes(), () -> a + " leaves the slab");
      for (Buffer b : buffers.subList(i + 1, buffers.size())) {
        boolean together = a.birth() <= b.death() && b.birth() <= a.death();
        boolean apart =
            a.offset() + a.bytes() <= b.offset() || b.offset() + b.bytes() <= a.offset();
        assertTrue(!together || apart, () -> a + " and " + b + " share memory");
      }
    }
  }

  private static void assertValuesLiveWhileUsed(Plan plan) {
    List<Node> nodes = plan.graph().nodes();
    for (int i = 0; i < nodes.size(); i++) {
      List<Value> used = new ArrayList<>(nodes.get(i).inputs());
      used.addAll(nodes.get(i).outputs());
      for (Value value : used) {
        if (plan.placements().get(value) instanceof Placement.InSlab(Buffer buffer)) {
          assertTrue(buffer.isLiveAt(i + 1), value + " is used at " + (i + 1) + ", but " + buffer);
        }
      }
    }
    for (Value output : plan.graph().outputs().values()) {
      if (plan.placements().get(output) instanceof Placement.InSlab(Buffer buffer)) {
        assertEquals(nodes.size() + 1, buffer.death(), () -> "output " + output + " dies early");
      }
    }
  }

  /** The peak that the plan predicts is what the arena holds once everything is compiled. */
  private void assertBytesArePredicted(Plan plan) {
    try (TensorArena arena = TensorArena.root("plan")) {
      Map<String, Tensor> states = new HashMap<>();
      for (Value state : plan.graph().states()) {
        states.put(state.name(), arena.allocate(state.name(), state.category(), state.type()));
      }
      backend.compile(plan, arena, states);
      assertEquals(plan.peakBytes(), arena.ledger().total());
    }
  }
}
