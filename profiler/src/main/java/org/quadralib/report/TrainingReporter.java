package org.quadralib.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.quadralib.analysis.StatisticsFile;
import org.quadralib.analysis.StatisticsRecorder;
import org.quadralib.backend.Backend;
import org.quadralib.backend.Executable;
import org.quadralib.backend.ExecutionListener;
import org.quadralib.chart.Series;
import org.quadralib.data.DataSplits;
import org.quadralib.layers.Model;
import org.quadralib.report.TrainingStory.Ending;
import org.quadralib.train.EpochResult;
import org.quadralib.train.EvaluationListener;
import org.quadralib.train.StepProgress;
import org.quadralib.train.TrainingListener;
import org.quadralib.train.TrainingResult;
import org.quadralib.train.TrainingStart;

/**
 * Writes a run as one HTML page when it ends, and its statistics beside it epoch by epoch. What
 * fails here is a warning: the run goes on.
 */
public final class TrainingReporter implements TrainingListener {
  /** Name of the file of statistics, beside the page. */
  public static final String STATISTICS = "statistics.jsonl";

  private static final int WORST = 24;
  private static final int RATES = 300;

  private final Path file;
  private final Model model;
  private final DataSplits data;
  private final RunDescription run;
  private final Guard guard;
  private final StatisticsRecorder statistics;
  private final Mistakes mistakes = new Mistakes(WORST);
  private final List<EpochResult> history = new ArrayList<>();
  private final List<double[]> rates = new ArrayList<>();
  private @Nullable TrainingStart start;

  /**
   * A reporter for one run.
   *
   * @param file the page
   * @param backend that trains the model
   * @param warnings told when something of the report fails
   */
  public TrainingReporter(
      Path file,
      Model model,
      Backend backend,
      DataSplits data,
      RunDescription run,
      Consumer<String> warnings) {
    this.file = file;
    this.model = model;
    this.data = data;
    this.run = run;
    this.guard = new Guard("the report " + file, warnings);
    this.statistics = new StatisticsRecorder(model, backend);
  }

  @Override
  public long plannedBytes(DataSplits splits) {
    return statistics.plannedBytes(splits);
  }

  @Override
  public void onStart(TrainingStart started) {
    start = started;
    guard.run(() -> openStatistics(started));
  }

  /** Those of a run that goes on stay, up to where it goes on; those of another go. */
  private void openStatistics(TrainingStart started) throws IOException {
    if (!started.resumed()) {
      Files.deleteIfExists(recorded());
      return;
    }
    StatisticsFile.write(
        recorded(),
        StatisticsFile.read(recorded()).stream()
            .filter(epoch -> epoch.epoch() < started.firstEpoch())
            .toList());
  }

  private Path recorded() {
    return file.resolveSibling(STATISTICS);
  }

  @Override
  public ExecutionListener watch(int epoch, int step, int stepsPerEpoch, Executable executable) {
    return guard.around(statistics.watch(epoch, step, stepsPerEpoch, executable));
  }

  @Override
  public void onStep(StepProgress progress) {
    long all = (long) progress.epochs() * progress.stepsPerEpoch();
    if (progress.globalStep() % Math.max(1, all / RATES) == 0) {
      rates.add(
          new double[] {
            (double) progress.globalStep() / progress.stepsPerEpoch(), progress.learningRate()
          });
    }
  }

  @Override
  public EvaluationListener onValidation(int epoch) {
    return guard.around(statistics.onValidation(epoch));
  }

  @Override
  public void onEpochEnd(EpochResult result) {
    history.add(result);
    guard.run(
        () -> {
          statistics.onEpochEnd(result);
          StatisticsFile.append(recorded(), statistics.last());
        });
  }

  @Override
  public EvaluationListener onTest() {
    return guard.around(mistakes);
  }

  @Override
  public void onFinish(TrainingResult result) {
    write(
        new TrainingStory(
            switch (result.status()) {
              case COMPLETED -> Ending.COMPLETED;
              case EARLY_STOPPED -> Ending.EARLY_STOPPED;
              case INTERRUPTED -> Ending.INTERRUPTED;
            },
            planned(),
            result.history(),
            result.best(),
            result.test(),
            result.trainSeconds(),
            null));
  }

  /** To be called when the run failed: the page then says so. */
  public void onFailure(String reason) {
    write(
        new TrainingStory(
            Ending.DIVERGED,
            planned(),
            history,
            Optional.empty(),
            Optional.empty(),
            history.stream().mapToDouble(EpochResult::seconds).sum(),
            reason));
  }

  private int planned() {
    return start == null ? 0 : start.epochs();
  }

  private void write(TrainingStory story) {
    @Nullable TrainingStart known = start;
    if (known == null) {
      return; // it failed before it began: there is nothing to tell
    }
    Series rate =
        new Series(
            "learning rate",
            rates.stream().mapToDouble(r -> r[0]).toArray(),
            rates.stream().mapToDouble(r -> r[1]).toArray());
    guard.run(
        () ->
            new TrainingReport(run, model, data, story)
                .page(
                    known.plan(),
                    known.predictedPeakBytes(),
                    model.arena().ledger().peak(),
                    List.of(rate),
                    mistakes,
                    new StatisticsCharts(StatisticsFile.read(recorded())))
                .write(file));
  }
}
