package org.quadralib.train;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.quadralib.backend.Backend;
import org.quadralib.data.DataLoader;
import org.quadralib.data.DataSplits;
import org.quadralib.layers.Model;
import org.quadralib.memory.Category;
import org.quadralib.memory.TensorArena;

/**
 * What a run holds and must free.
 *
 * @param arena for batches, the images they are of, and the best weights where they are not kept in
 *     a file
 * @param closers free everything, the first to be called first
 */
record RunResources(
    TensorArena arena,
    DataLoader loader,
    TrainingStep step,
    Evaluator evaluator,
    Deque<Runnable> closers)
    implements AutoCloseable {

  /** Allocates everything, or, if something does not fit, nothing. */
  static RunResources open(Model model, Backend backend, TrainingConfig config, DataSplits data) {
    Deque<Runnable> closers = new ArrayDeque<>();
    try {
      TensorArena arena = model.arena().child("training run");
      closers.push(arena::close);
      arena.adopt("data set", Map.of(Category.INPUT, data.heldBytes()), () -> {});
      DataLoader loader =
          DataLoader.of(data.train())
              .batchSize(config.batchSize())
              .shuffle(true)
              .dropLast(true)
              .seed(config.seed())
              .workers(config.loaderThreads())
              .transforms(config.trainTransforms())
              .allocator(
                  (bytes, alignment) -> arena.allocate("batches", Map.of(Category.INPUT, bytes)))
              .build();
      closers.push(loader::close);
      TrainingStep step = TrainingStep.compile(model, backend, config.recipe(), config.batchSize());
      closers.push(step::close);
      Evaluator evaluator =
          Evaluator.open(
              model,
              backend,
              config.recipe().loss(),
              config.evaluationBatchSize(),
              config.evaluationTransforms());
      closers.push(evaluator::close);
      return new RunResources(arena, loader, step, evaluator, closers);
    } catch (RuntimeException e) {
      closers.forEach(Runnable::run);
      throw e;
    }
  }

  /** Frees everything; what is free already stays so. */
  @Override
  public void close() {
    while (!closers.isEmpty()) {
      closers.pop().run();
    }
  }
}
