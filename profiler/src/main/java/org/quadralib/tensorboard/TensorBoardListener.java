package org.quadralib.tensorboard;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.quadralib.analysis.LayerStatistics;
import org.quadralib.analysis.StatisticsRecorder;
import org.quadralib.analysis.Term;
import org.quadralib.backend.Backend;
import org.quadralib.backend.Executable;
import org.quadralib.backend.ExecutionListener;
import org.quadralib.data.DataSplits;
import org.quadralib.layers.Backprop;
import org.quadralib.layers.LayerLabels;
import org.quadralib.layers.Mode;
import org.quadralib.layers.Model;
import org.quadralib.layers.ModelSummary;
import org.quadralib.report.Guard;
import org.quadralib.report.Mistakes;
import org.quadralib.train.EpochResult;
import org.quadralib.train.EvaluationListener;
import org.quadralib.train.StepProgress;
import org.quadralib.train.TrainingListener;
import org.quadralib.train.TrainingResult;
import org.quadralib.train.TrainingStart;

/**
 * Writes a run for TensorBoard: scalars by step and epoch, histograms of weights, gradients and
 * activations by layer and order, images of the training set and of the worst mistakes, and the
 * network as a graph. A file that can no longer be written is a warning: the run goes on.
 */
public final class TensorBoardListener implements TrainingListener, AutoCloseable {
  /** So many points of a curve over steps at most; more cannot be seen. */
  private static final int POINTS = 2000;

  private static final int IMAGES = 16;

  private final Model model;
  private final DataSplits data;
  private final EventFile events;
  private final StatisticsRecorder statistics;
  private final Mistakes mistakes = new Mistakes(IMAGES);
  private final Guard guard;
  private final LayerLabels labels;

  /**
   * Opens a file in a folder.
   *
   * @param backend that trains the model
   * @param warnings told when writing fails
   * @throws IOException if there can be no file
   */
  public TensorBoardListener(
      Path folder, Model model, Backend backend, DataSplits data, Consumer<String> warnings)
      throws IOException {
    this.model = model;
    this.data = data;
    this.labels = LayerLabels.of(ModelSummary.of(model.layer(), model.example()));
    this.events = new EventFile(folder);
    this.statistics = new StatisticsRecorder(model, backend);
    this.guard = new Guard("writing for TensorBoard into " + folder, warnings);
  }

  @Override
  public long plannedBytes(DataSplits splits) {
    return statistics.plannedBytes(splits);
  }

  @Override
  public void onStart(TrainingStart start) {
    guard.run(
        () -> {
          if (start.resumed()) {
            events.restart((long) start.firstEpoch() * start.stepsPerEpoch() + start.firstStep());
          }
          Model.Traced traced = model.trace(1, Mode.EVALUATE, Backprop.AUTODIFF);
          traced.graph().output("logits", traced.output());
          events.graph(traced.graph().build());
          List<Integer> shown = ClassSpread.of(data.train(), IMAGES);
          for (int i = 0; i < shown.size(); i++) {
            int index = shown.get(i);
            String name = data.train().classNames().get(data.train().label(index));
            events.image(
                "training images/%02d, %s".formatted(i, name),
                0,
                Mistakes.picture(data.train(), index));
          }
          events.flush();
        });
  }

  @Override
  public ExecutionListener watch(int epoch, int step, int stepsPerEpoch, Executable executable) {
    return guard.around(statistics.watch(epoch, step, stepsPerEpoch, executable));
  }

  @Override
  public EvaluationListener onValidation(int epoch) {
    return guard.around(statistics.onValidation(epoch));
  }

  @Override
  public void onStep(StepProgress progress) {
    long all = (long) progress.epochs() * progress.stepsPerEpoch();
    if (progress.globalStep() % Math.max(1, all / POINTS) == 0) {
      guard.run(
          () -> {
            events.scalar("step/loss", progress.globalStep(), progress.loss());
            events.scalar("step/learning rate", progress.globalStep(), progress.learningRate());
          });
    }
  }

  @Override
  public void onEpochEnd(EpochResult result) {
    long epoch = result.epoch() + 1L;
    guard.run(
        () -> {
          events.scalar("loss/train", epoch, result.train().loss());
          events.scalar("accuracy/train", epoch, result.train().accuracy());
          if (result.validation().isPresent()) {
            events.scalar("loss/validation", epoch, result.validation().get().loss());
            events.scalar("accuracy/validation", epoch, result.validation().get().accuracy());
          }
          events.scalar("epoch/learning rate", epoch, result.learningRate());
          events.scalar("epoch/images per second", epoch, result.imagesPerSecond());
          statistics.onEpochEnd(result);
          for (LayerStatistics layer : statistics.last().layers()) {
            String tag = tag(layer);
            events.histogram(tag, epoch, layer.histogram());
            if (layer.kind() == LayerStatistics.Kind.GRADIENT) {
              events.scalar("gradient norm/" + name(layer), epoch, layer.histogram().norm());
            }
          }
          events.flush();
        });
  }

  private String tag(LayerStatistics layer) {
    return layer.kind().name().toLowerCase(Locale.ROOT) + "/" + name(layer);
  }

  private String name(LayerStatistics layer) {
    String term =
        switch (layer.term()) {
          case FIRST -> ", first order";
          case SECOND -> ", second order";
          case SUM -> "";
        };
    return labels.of(layer.layer()) + (layer.term() == Term.SUM ? "" : term);
  }

  @Override
  public EvaluationListener onTest() {
    return guard.around(mistakes);
  }

  @Override
  public void onFinish(TrainingResult result) {
    long epoch = result.history().size();
    guard.run(
        () -> {
          if (result.test().isPresent()) {
            events.scalar("loss/test", epoch, result.test().get().loss());
            events.scalar("accuracy/test", epoch, result.test().get().accuracy());
          }
          List<Mistakes.Mistake> worst = mistakes.worst();
          List<String> names = data.test().classNames();
          for (int i = 0; i < worst.size(); i++) {
            Mistakes.Mistake mistake = worst.get(i);
            events.image(
                "worst mistakes/%02d, is %s, taken for %s"
                    .formatted(
                        i,
                        requireNonNull(names.get(mistake.label())),
                        requireNonNull(names.get(mistake.predicted()))),
                epoch,
                Mistakes.picture(data.test(), mistake.index()));
          }
          events.flush();
        });
  }

  @Override
  public void close() {
    guard.run(events::close);
  }
}
