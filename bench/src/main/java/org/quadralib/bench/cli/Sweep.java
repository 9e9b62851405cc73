package org.quadralib.bench.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.quadralib.bench.versus.Workload;
import org.quadralib.data.ImageShape;
import org.quadralib.models.Width;
import org.quadralib.tensor.Shape;

/**
 * One property of a workload that takes several values.
 *
 * @param property {@code batch}, {@code threads}, {@code input} or {@code width}
 * @param points in the order given
 */
record Sweep(String property, List<Point> points) {
  /** A larger factor of the channels is taken for a mistake. */
  private static final int MOST_WIDTH = 64;

  /** One value, as written, and what it does to a workload. */
  record Point(String value, UnaryOperator<Workload> change) {}

  /**
   * Reads {@code batch=1,4,16}.
   *
   * @throws IllegalArgumentException if it is something else
   */
  static Sweep parse(String text) {
    int equals = text.indexOf('=');
    if (equals < 0 || equals == text.length() - 1) {
      throw new IllegalArgumentException(
          "--sweep takes batch=1,4,16 or threads=1,2 or input=3x32x32,3x64x64 or width=0.5,1,2, not '%s'"
              .formatted(text));
    }
    String property = text.substring(0, equals);
    List<Point> points = new ArrayList<>();
    for (String value : text.substring(equals + 1).split(",", -1)) {
      points.add(new Point(value, change(property, value)));
    }
    return new Sweep(property, points);
  }

  private static UnaryOperator<Workload> change(String property, String value) {
    return switch (property) {
      case "batch" -> {
        int batch = number(property, value);
        yield workload -> workload.batch(batch);
      }
      case "threads" -> {
        int threads = number(property, value);
        yield workload -> workload.threads(threads);
      }
      case "input" -> {
        ImageShape image = ImageShape.parse(value);
        Shape example = Shape.of(image.channels(), image.height(), image.width());
        yield workload -> workload.example(example);
      }
      case "width" -> {
        double factor = factor(value);
        yield workload -> workload.network(Width.scale(workload.network(), factor));
      }
      default ->
          throw new IllegalArgumentException(
              "--sweep goes over batch, threads, input or width, not over '%s'"
                  .formatted(property));
    };
  }

  private static int number(String property, String value) {
    try {
      return Checks.positive("--sweep " + property, Integer.parseInt(value));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "--sweep %s takes whole numbers, not '%s'".formatted(property, value), e);
    }
  }

  private static double factor(String value) {
    double factor;
    try {
      factor = Double.parseDouble(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "--sweep width takes numbers, not '%s'".formatted(value), e);
    }
    if (!(factor > 0 && factor <= MOST_WIDTH)) {
      throw new IllegalArgumentException(
          "--sweep width must be above 0 and at most %d, but is %s".formatted(MOST_WIDTH, value));
    }
    return factor;
  }
}
