package org.quadralib.bench.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.quadralib.graph.op.NeuronType;
import org.quadralib.layers.Backprop;
import org.quadralib.layers.Layer;
import org.quadralib.layers.Mode;
import org.quadralib.layers.Model;
import org.quadralib.layers.ParameterSpec;
import org.quadralib.layers.QuadraticDense;
import org.quadralib.models.ModelEntry;
import org.quadralib.models.Models;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Shape;

class PeerProgramTest {
  /** Models with a layer that peers do not have. */
  private static final Set<String> OURS_ALONE = Set.of("quadranet", "qres-mlp");

  static Stream<ModelEntry> models() {
    return Models.all().stream().filter(model -> !OURS_ALONE.contains(model.name()));
  }

  @ParameterizedTest
  @MethodSource("models")
  void usesEachParameterOnce(ModelEntry model) {
    Layer network = model.build(10);
    List<String> declared =
        Model.trace(
                network,
                Shape.of(3, 32, 32),
                1,
                Mode.EVALUATE,
                DType.FLOAT32,
                path -> Backprop.AUTODIFF)
            .trace()
            .specs()
            .stream()
            .map(ParameterSpec::name)
            .sorted()
            .toList();
    List<String> used =
        PeerProgram.of(network).ops().stream()
            .flatMap(op -> op.weights().stream())
            .sorted()
            .toList();
    assertEquals(declared, used);
  }

  @ParameterizedTest
  @MethodSource("models")
  void readsOnlyWhatIsThere(ModelEntry model) {
    Set<Integer> alive = new HashSet<>(Set.of(0));
    PeerProgram program = PeerProgram.of(model.build(10));
    for (PeerOp op : program.ops()) {
      assertTrue(alive.containsAll(op.inputs()), () -> op + " reads what is gone");
      assertTrue(alive.add(op.output()));
      alive.removeAll(op.dead());
    }
    assertEquals(Set.of(0, program.result()), alive, "values that nobody lets go of");
  }

  @Test
  void refusesWhatPeersDoNotHave() {
    Layer full = new QuadraticDense(3).neuron(NeuronType.T1);
    var refused = assertThrows(UnsupportedOperationException.class, () -> PeerProgram.of(full));
    assertTrue(refused.getMessage().contains("--peer none"));
    assertThrows(UnsupportedOperationException.class, () -> PeerProgram.of((trace, x) -> x));
  }
}
