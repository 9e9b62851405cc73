package org.quadralib.train;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.quadralib.backend.Backend;
import org.quadralib.backend.ExecutionListener;
import org.quadralib.data.Batch;
import org.quadralib.data.BatchStream;
import org.quadralib.data.DataLoader;
import org.quadralib.data.Dataset;
import org.quadralib.data.Transform;
import org.quadralib.layers.Model;
import org.quadralib.loss.Loss;
import org.quadralib.memory.Category;
import org.quadralib.memory.TensorArena;
import org.quadralib.metrics.Accuracy;
import org.quadralib.metrics.ConfusionMatrix;
import org.quadralib.metrics.Mean;
import org.quadralib.plan.Plan;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;
import org.quadralib.tensor.TensorType;

/** Evaluates a model on data sets, with the weights it has at that time. Not thread-safe. */
public final class Evaluator implements AutoCloseable {
  /** Batches made ready beside the one in use. */
  private static final int PREFETCH = 2;

  private final Model model;
  private final EvaluationStep step;
  private final int batchSize;
  private final List<Transform> transforms;

  private Evaluator(Model model, EvaluationStep step, int batchSize, List<Transform> transforms) {
    this.model = model;
    this.step = step;
    this.batchSize = batchSize;
    this.transforms = List.copyOf(transforms);
  }

  /** Compiles a model for evaluation; its memory goes into a child of the model's arena. */
  public static Evaluator open(
      Model model, Backend backend, Loss loss, int batchSize, List<Transform> transforms) {
    return new Evaluator(
        model, EvaluationStep.compile(model, backend, loss, batchSize), batchSize, transforms);
  }

  /** Evaluates on all examples of a data set. */
  public Evaluation evaluate(Dataset data) {
    return evaluate(data, () -> false).orElseThrow();
  }

  /**
   * Evaluates until done or told to stop.
   *
   * @return empty if it was stopped before it was done
   */
  public Optional<Evaluation> evaluate(Dataset data, BooleanSupplier stop) {
    return evaluate(data, stop, List.of());
  }

  /** Evaluates until done or told to stop, and tells listeners of each batch. */
  public Optional<Evaluation> evaluate(
      Dataset data, BooleanSupplier stop, List<EvaluationListener> listeners) {
    RunChecks.requireShape(model, data.shape(), transforms, "evaluation");
    step.executable().detachState();
    step.executable().sendState();
    Mean loss = new Mean();
    Accuracy top1 = new Accuracy();
    Accuracy top5 = new Accuracy(5);
    ConfusionMatrix confusion = new ConfusionMatrix(Math.max(2, data.classNames().size()));
    TensorType labelType = new TensorType(DType.INT32, Shape.of(batchSize));
    try (TensorArena arena = model.arena().child("evaluation batches");
        DataLoader loader =
            DataLoader.of(data)
                .batchSize(batchSize)
                .prefetch(PREFETCH)
                .transforms(transforms)
                .allocator(
                    (bytes, alignment) -> arena.allocate("batches", Map.of(Category.INPUT, bytes)))
                .build();
        BatchStream batches = loader.epoch(0)) {
      while (batches.hasNext()) {
        if (stop.getAsBoolean()) {
          return Optional.empty();
        }
        Batch batch = batches.next();
        step.setBatch(batch.paddedImages(), batch.paddedLabels());
        step.run(
            ExecutionListener.all(
                listeners.stream()
                    .map(listener -> listener.watch(batch.number(), step.executable()))
                    .toList()));
        loss.add(step.loss(batch.count()), batch.count());
        Tensor labels = new Tensor(labelType, batch.paddedLabels());
        top1.add(step.logits(), labels);
        top5.add(step.logits(), labels);
        confusion.add(step.logits(), labels);
        listeners.forEach(listener -> listener.onBatch(batch, step.logits()));
      }
    }
    Scores scores = new Scores(loss.value(), top1.value(), loss.count());
    return Optional.of(new Evaluation(scores, top5.value(), confusion));
  }

  /** Bytes held while it evaluates, beside the model: slab, panels and the buffers of batches. */
  public long peakBytes() {
    return restingBytes() + batchBytes();
  }

  /** Bytes held between evaluations, beside the model. */
  long restingBytes() {
    return plan().slabBytes() + plan().panelBytes();
  }

  /** Bytes that the buffers of batches take during an evaluation. */
  long batchBytes() {
    long batch =
        step.input().type().bytes() + TensorType.float32(batchSize).bytes(); // labels are as wide
    return (PREFETCH + 1) * batch;
  }

  /** The plan of one batch. */
  public Plan plan() {
    return step.plan();
  }

  @Override
  public void close() {
    step.close();
  }
}
