package org.quadralib.samples;

import static org.quadralib.samples.TrainingSetup.needed;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.quadralib.backend.Backend;
import org.quadralib.checkpoint.Weights;
import org.quadralib.data.DataSplits;
import org.quadralib.data.Normalize;
import org.quadralib.layers.Layer;
import org.quadralib.layers.Model;
import org.quadralib.layers.ModelSummary;
import org.quadralib.models.ModelEntry;
import org.quadralib.profile.MemoryReport;
import org.quadralib.tensor.Shape;
import org.quadralib.train.Evaluation;
import org.quadralib.train.Trainer;
import org.quadralib.train.TrainingConfig;
import org.quadralib.train.TrainingListener;
import org.quadralib.train.TrainingResult;
import org.quadralib.train.TrainingStart;

/** One training run from its options to its files. */
final class TrainSession implements AutoCloseable {
  private final TrainOptions options;
  private final RunFolder folder;
  private final boolean resume;
  private final DataSplits data;
  private final Normalize normalize;
  private final Model model;
  private final Trainer trainer;
  private final MemoryReport memory;
  private final ObjectNode manifest;
  private long predictedPeakBytes;

  /**
   * Opens the data and makes the model.
   *
   * @param values all options as text, for the manifest
   * @param options the same with their types
   * @param folder where results go, or where the run is to go on with
   */
  TrainSession(
      Map<String, String> values,
      TrainOptions options,
      Backend backend,
      RunFolder folder,
      boolean resume,
      TrainingListener listener,
      DataProgress loading)
      throws IOException {
    this.options = options;
    this.folder = folder;
    this.resume = resume;
    ModelEntry entry = ModelPool.named(needed(options.source.model));
    this.data = DataFlags.open(options.source, loading);
    this.normalize = DataFlags.normalize(needed(options.source.data), data);
    TrainingSetup setup = new TrainingSetup(options);
    TrainingConfig config =
        setup
            .config(normalize)
            .checkpoints(folder.checkpoints())
            .listener(listener)
            .listener(
                new TrainingListener() {
                  @Override
                  public void onStart(TrainingStart start) {
                    predictedPeakBytes = start.predictedPeakBytes();
                  }
                })
            .build();
    Layer layer = entry.build(data.train().classNames().size());
    Shape example = Images.exampleOf(data.train().shape());
    this.memory = MemoryReport.of(layer, example, config.recipe(), config.batchSize(), backend);
    this.manifest = Manifest.of(values, backend, data, normalize);
    this.model = Model.create(layer, example, config.seed());
    this.trainer = new Trainer(model, backend, config);
  }

  /** Asks the run to end soon, saved; from any thread. */
  void stop() {
    trainer.stop();
  }

  /** Trains and writes all files. */
  Outcome run() throws IOException {
    long start = System.nanoTime();
    TrainingResult result = resume ? trainer.resume(data) : fit();
    Outcome outcome =
        new Outcome(
            options,
            result,
            ModelSummary.of(model.layer(), model.example()),
            memory,
            predictedPeakBytes,
            model.arena().ledger().peak(),
            (System.nanoTime() - start) / 1e9,
            folder);
    folder.writeHistory(result.history());
    if (!outcome.isInterrupted()) {
      Weights.save(folder.weights(), model, weightsMetadata());
    }
    if (result.test().isPresent()) {
      Evaluation test = result.test().get();
      folder.writeConfusion(test.confusion(), data.test().classNames());
    }
    manifest.set("results", outcome.json());
    folder.writeManifest(manifest);
    return outcome;
  }

  private TrainingResult fit() throws IOException {
    if (options.source.weights != null) {
      try (WeightsFile weights = WeightsFile.open(options.source.weights)) {
        weights.copyTo(model, needed(options.source.model));
      }
    }
    folder.create();
    try {
      folder.writeManifest(manifest);
      return trainer.fit(data);
    } finally {
      folder.discardIfEmpty();
    }
  }

  private Map<String, String> weightsMetadata() {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(WeightsFile.MODEL, needed(options.source.model));
    metadata.put("data", needed(options.source.data));
    metadata.put("classes", String.join(",", data.train().classNames()));
    metadata.putAll(DataFlags.toMetadata(normalize));
    return metadata;
  }

  @Override
  public void close() {
    model.close();
  }
}
