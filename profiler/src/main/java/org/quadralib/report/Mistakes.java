package org.quadralib.report;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.quadralib.chart.PngImage;
import org.quadralib.data.Batch;
import org.quadralib.data.Dataset;
import org.quadralib.metrics.Predictions;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;
import org.quadralib.tensor.TensorType;
import org.quadralib.train.EvaluationListener;

/** The images that a network is most wrong about: those whose own class it finds least likely. */
public final class Mistakes implements EvaluationListener {
  private final int most;
  private final PriorityQueue<Mistake> worst =
      new PriorityQueue<>(Comparator.comparingDouble(Mistake::ofLabel).reversed());
  private int count;
  private int undecided;

  /**
   * An image with the wrong answer.
   *
   * @param index of the example in its data set
   * @param label its class
   * @param predicted the class it was taken for
   * @param confidence probability of the predicted class, from 0 to 1
   * @param ofLabel probability of its own class
   */
  public record Mistake(int index, int label, int predicted, double confidence, double ofLabel) {}

  /** Keeps so many at most. */
  public Mistakes(int most) {
    this.most = most;
  }

  /** The worst first. */
  public List<Mistake> worst() {
    return worst.stream()
        .sorted(Comparator.comparingDouble(Mistake::ofLabel).thenComparing(Mistake::index))
        .toList();
  }

  /** How many images were taken for another class. */
  public int count() {
    return count;
  }

  /** How many got no answer: all logits were no numbers. */
  public int undecided() {
    return undecided;
  }

  @Override
  public void onBatch(Batch batch, Tensor logits) {
    Tensor labels =
        new Tensor(new TensorType(DType.INT32, Shape.of(batch.count())), batch.labels());
    for (int row = 0; row < batch.count(); row++) {
      int label = (int) labels.getLong(row);
      int predicted = Predictions.best(logits, row);
      undecided += predicted < 0 ? 1 : 0;
      if (predicted >= 0 && predicted != label) {
        count++;
        worst.add(
            new Mistake(
                batch.index(row),
                label,
                predicted,
                probability(logits, row, predicted),
                probability(logits, row, label)));
        if (worst.size() > most) {
          worst.poll();
        }
      }
    }
  }

  /** Softmax over the row; of a single logit, the sigmoid, with class 1 on its positive side. */
  static double probability(Tensor logits, long row, int label) {
    int classes = logits.shape().dim(1);
    if (classes == 1) {
      double one = 1 / (1 + Math.exp(-logits.get(row)));
      return label == 1 ? one : 1 - one;
    }
    double own = logits.get(row * classes + label);
    double sum = 0;
    for (int j = 0; j < classes; j++) {
      sum += Math.exp(logits.get(row * classes + j) - own);
    }
    return 1 / sum;
  }

  /** The pixels of an example as a picture, grey or in colour. */
  public static PngImage picture(Dataset data, int index) {
    byte[] pixels = new byte[data.shape().size()];
    data.pixels(index, pixels);
    int width = data.shape().width();
    int plane = width * data.shape().height();
    int channels = data.shape().channels();
    return PngImage.draw(
        width,
        data.shape().height(),
        (channel, row, column) -> {
          int at = (channels >= 3 ? channel : 0) * plane + row * width + column;
          return (pixels[at] & 0xff) / (double) data.maxValue();
        });
  }
}
