package org.quadralib.chart;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/** Where values lie on an axis, from 0 to 1, and where its ticks are. */
final class Scale {
  private static final int TICKS = 5;

  private final boolean logarithmic;
  private final double low;
  private final double high;
  private final double step;

  /**
   * A scale for values.
   *
   * @param fit whether it ends where the values end, or at the next ticks
   */
  Scale(Axis axis, DoubleStream values, boolean fit) {
    this.logarithmic = axis.logarithmic();
    double[] shown =
        values
            .filter(Double::isFinite)
            .filter(v -> !logarithmic || v > 0)
            .map(this::place)
            .toArray();
    double least = DoubleStream.of(shown).min().orElse(0);
    double most = DoubleStream.of(shown).max().orElse(1);
    if (least == most) {
      double margin = least == 0 || logarithmic ? 1 : Math.abs(least) / 2;
      least -= margin;
      most += margin;
    }
    this.step = step(most - least, axis.format());
    this.low = fit ? least : Math.floor(least / step) * step;
    this.high = fit ? most : Math.ceil(most / step) * step;
  }

  private double step(double range, Axis.Format format) {
    double rough = range / TICKS;
    if (format == Axis.Format.BYTES) {
      return Math.pow(2, Math.ceil(Math.log(rough) / Math.log(2)));
    }
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    double nice =
        DoubleStream.of(1, 2, 5, 10).filter(n -> n * power >= rough * 0.999).findFirst().orElse(10);
    if (format == Axis.Format.COUNT) {
      return Math.max(1, nice * power);
    }
    return logarithmic ? Math.max(1, Math.ceil(rough)) : nice * power;
  }

  private double place(double value) {
    return logarithmic ? Math.log10(value) : value;
  }

  /** Whether the value has a place. */
  boolean shows(double value) {
    return Double.isFinite(value) && (!logarithmic || value > 0);
  }

  /** From 0 at the low to 1 at the high end. */
  double at(double value) {
    return (place(value) - low) / (high - low);
  }

  /** Values with a line. */
  List<Double> ticks() {
    List<Double> ticks = new ArrayList<>();
    for (long i = (long) Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) {
      double tick = i * step;
      ticks.add(logarithmic ? Math.pow(10, tick) : Math.abs(tick) < step * 1e-9 ? 0 : tick);
    }
    return ticks;
  }
}
