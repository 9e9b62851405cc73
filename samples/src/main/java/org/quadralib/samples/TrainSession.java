package org.quadralib.samples;

import static org.quadralib.samples.TrainingSetup.needed;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.quadralib.backend.Backend;
import org.quadralib.budget.Steps;
import org.quadralib.checkpoint.Weights;
import org.quadralib.data.DataSplits;
import org.quadralib.data.Normalize;
import org.quadralib.layers.Layer;
import org.quadralib.layers.Model;
import org.quadralib.layers.ModelSummary;
import org.quadralib.models.Models;
import org.quadralib.profile.FlightRecorder;
import org.quadralib.profile.LiveProfile;
import org.quadralib.profile.MemoryReport;
import org.quadralib.profile.ResidentMemory;
import org.quadralib.report.RunDescription;
import org.quadralib.report.TrainingReporter;
import org.quadralib.tensor.Shape;
import org.quadralib.tensorboard.TensorBoardListener;
import org.quadralib.train.DivergenceException;
import org.quadralib.train.Evaluation;
import org.quadralib.train.GradientHealth;
import org.quadralib.train.Trainer;
import org.quadralib.train.TrainingConfig;
import org.quadralib.train.TrainingListener;
import org.quadralib.train.TrainingResult;
import org.quadralib.train.TrainingStart;

/** One training run from its options to its files. */
final class TrainSession implements AutoCloseable {
  private final TrainOptions options;
  private final RunFolder folder;
  private final @Nullable Resumption resumption;
  private final DataSplits data;
  private final Normalize normalize;
  private final Model model;
  private final Trainer trainer;
  private final MemoryDecision decision;
  private final MemoryReport memory;
  private final ObjectNode manifest;
  private final Map<String, String> metadata;
  private final GradientHealth health;
  private final @Nullable TrainingReporter reporter;
  private final @Nullable TensorBoardListener tensorboard;
  private final long begin = System.nanoTime();
  private final OptionalLong idle = ResidentMemory.bytes();
  private boolean started;
  private long predictedPeakBytes;
  private @Nullable Outcome outcome;

  /**
   * Opens the data and makes the model.
   *
   * @param values all options as text, for the manifest
   * @param options the same with their types
   * @param folder where results go, or where the run is that is to go on
   * @param resumption null for a new run
   * @param warnings told what is not worth ending the run for
   */
  TrainSession(
      Map<String, String> values,
      TrainOptions options,
      Backend backend,
      RunFolder folder,
      @Nullable Resumption resumption,
      TrainingListener listener,
      GradientHealth health,
      DataProgress loading,
      Consumer<String> warnings)
      throws IOException {
    this.options = options;
    this.health = health;
    this.folder = folder;
    this.resumption = resumption;
    if (resumption == null) {
      folder.requireNoRun();
    }
    String name = needed(options.source.model);
    if (!ModelChoice.isFile(name)) {
      Models.named(name); // before the data is read
    }
    this.data = DataFlags.open(options.source, loading);
    this.normalize = DataFlags.normalize(needed(options.source.data), data);
    Shape example = Images.exampleOf(data.train().shape());
    int classes = data.train().classNames().size();
    Layer layer = ModelChoice.build(name, options.changes, example, classes);
    this.metadata = TrainedOn.describe(options.source, data, normalize, layer);
    TrainingSetup setup = new TrainingSetup(options);
    this.decision = decide(setup, layer, example, backend);
    options.learning.batch = BatchSize.of(decision.batch());
    TrainingConfig.Builder builder =
        setup
            .config(normalize, decision)
            .checkpoints(folder.checkpoints())
            .listener(new OldGarbage())
            .listener(listener)
            .listener(health)
            .metadata(metadata);
    if (FlightRecorder.isOn()) {
      builder.listener(new LiveProfile());
    }
    TrainingConfig config = builder.build(); // before memory is taken: it may be wrong
    this.memory = MemoryReport.of(layer, example, config.recipe(), config.batchSize(), backend);
    this.manifest =
        resumption == null
            ? Manifest.of(values, backend, data, normalize)
            : Manifest.resumed(resumption, backend);
    if (resumption == null && options.computing.memory != null) {
      decision.record(manifest);
    }
    this.model = Model.create(layer, example, config.seed());
    if (Boolean.FALSE.equals(options.output.report)) {
      this.reporter = null;
    } else {
      RunDescription run =
          RunCommands.describe(values, options, decision, folder, backend, normalize);
      this.reporter = new TrainingReporter(folder.report(), model, backend, data, run, warnings);
      builder.listener(reporter);
    }
    if (options.output.tensorboard == null) {
      this.tensorboard = null;
    } else {
      try {
        this.tensorboard =
            new TensorBoardListener(options.output.tensorboard, model, backend, data, warnings);
      } catch (IOException e) {
        model.close();
        throw new IllegalArgumentException(
            "--tensorboard %s: it cannot be written (%s); give a folder that can"
                .formatted(
                    options.output.tensorboard,
                    e instanceof FileAlreadyExistsException ? "it is a file" : e.getMessage()),
            e);
      }
      builder.listener(tensorboard);
    }
    this.trainer = new Trainer(model, backend, builder.listener(new Files()).build());
  }

  /** What a budget of memory decides; a run that goes on keeps to what it decided first. */
  private MemoryDecision decide(TrainingSetup setup, Layer layer, Shape example, Backend backend) {
    if (resumption != null && options.computing.memory != null) {
      return MemoryDecision.recorded(folder, resumption.manifest());
    }
    return MemoryDecision.make(
        new Steps(layer, example, setup.recipe(), backend),
        needed(options.computing.backprop),
        needed(options.learning.batch),
        options.computing.memory,
        data.train().size());
  }

  /** What was chosen for a budget of memory and why; empty without one. */
  String explanation() {
    return decision.explanation();
  }

  /** Asks the run to end soon, saved; from any thread. */
  void stop() {
    trainer.stop();
  }

  /** Trains and writes all files. */
  Outcome run() throws IOException {
    try {
      if (resumption != null) {
        trainer.resume(data);
      } else {
        fit();
      }
    } catch (DivergenceException e) {
      if (reporter != null) {
        reporter.onFailure(String.valueOf(e.getMessage()));
      }
      throw e;
    }
    return Objects.requireNonNull(outcome, "the trainer did not finish");
  }

  private void fit() throws IOException {
    if (options.source.weights != null) {
      try (WeightsFile weights = WeightsFile.open(options.source.weights)) {
        weights.copyTo(model, needed(options.source.model));
      }
    }
    try {
      trainer.fit(data);
    } finally {
      if (started) {
        folder.discardIfEmpty();
      }
    }
  }

  /** Writes what is not the trainer's, while the trainer holds the folder's lock. */
  private final class Files implements TrainingListener {
    @Override
    public void onStart(TrainingStart start) {
      started = true;
      predictedPeakBytes = start.predictedPeakBytes();
      try {
        folder.writeManifest(manifest);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void onFinish(TrainingResult result) {
      Outcome done =
          new Outcome(
              options,
              result,
              ModelSummary.of(model.layer(), model.example()),
              memory,
              predictedPeakBytes,
              model.arena().ledger().peak(),
              ResidentMemory.growthAtHighest(idle),
              data.heldBytes(),
              reporter == null ? null : folder.report(),
              (System.nanoTime() - begin) / 1e9,
              folder);
      try {
        write(done);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      outcome = done;
    }

    private void write(Outcome done) throws IOException {
      TrainingResult result = done.result();
      folder.writeHistory(result.history());
      if (!health.rows().isEmpty()) {
        folder.writeGradients(health.csv());
      }
      if (!done.isInterrupted()) {
        Weights.save(folder.weights(), model, metadata);
      }
      if (result.test().isPresent()) {
        Evaluation test = result.test().get();
        folder.writeConfusion(test.confusion(), data.test().classNames());
      }
      manifest.set("results", done.json());
      folder.writeManifest(manifest);
    }
  }

  @Override
  public void close() {
    if (tensorboard != null) {
      tensorboard.close();
    }
    model.close();
  }
}
