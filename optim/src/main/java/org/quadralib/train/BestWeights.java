package org.quadralib.train;

import java.util.LinkedHashMap;
import java.util.Map;
import org.quadralib.layers.Model;
import org.quadralib.memory.Category;
import org.quadralib.memory.TensorArena;
import org.quadralib.tensor.Tensor;

/** Keeps the weights that validated best. */
interface BestWeights {
  /** Keeps the weights a model has after an epoch, in place of those kept before. */
  void keep(Model model, EpochResult result);

  /** Gives a model the weights kept. */
  void restore(Model model);

  /** Memory that keeping takes. */
  long bytes(Model model);

  /** In memory, for runs without checkpoints. */
  final class InMemory implements BestWeights {
    private final TensorArena arena;
    private final Map<String, Tensor> kept = new LinkedHashMap<>();

    InMemory(TensorArena arena) {
      this.arena = arena;
    }

    @Override
    public void keep(Model model, EpochResult result) {
      model
          .parameters()
          .forEach(
              (name, tensor) ->
                  kept.computeIfAbsent(
                          name,
                          key -> arena.allocate("best " + key, Category.PARAMETER, tensor.type()))
                      .copyFrom(tensor));
    }

    @Override
    public void restore(Model model) {
      model.load(kept);
    }

    @Override
    public long bytes(Model model) {
      return model.specs().stream().mapToLong(spec -> spec.type().bytes()).sum();
    }
  }
}
