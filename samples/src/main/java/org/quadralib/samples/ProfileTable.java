package org.quadralib.samples;

import java.util.List;
import java.util.Locale;
import org.quadralib.layers.Backprop;
import org.quadralib.layers.LayerLabels;
import org.quadralib.memory.Bytes;
import org.quadralib.profile.AtPeak;
import org.quadralib.profile.DeviceStep;
import org.quadralib.profile.LayerProfile;
import org.quadralib.profile.Profile;
import org.quadralib.profile.Timeline;

/** A profile to read in a terminal. */
final class ProfileTable {
  /** Rows of what is alive at the peak. */
  private static final int SHOWN = 12;

  private ProfileTable() {}

  /** The table. */
  static String of(Profile profile) {
    StringBuilder table = new StringBuilder();
    Profile.Subject subject = profile.subject();
    line(
        table,
        "%s, batch %d of %s, %s, on %s",
        subject.model(),
        subject.batch(),
        subject.input(),
        subject.backprop(),
        subject.backend());
    line(table, "");
    layers(table, profile);
    line(table, "");
    alive(table, profile.timeline(), profile.labels());
    line(table, "");
    line(
        table,
        "peak memory        %,d bytes predicted, %,d measured",
        profile.predictedPeakBytes(),
        profile.measuredPeakBytes());
    profile
        .residentGrowthBytes()
        .ifPresent(
            bytes ->
                line(
                    table,
                    "the process        grew by %s since it was idle, %s at its highest, %s of that"
                        + " planned",
                    Bytes.format(bytes),
                    Bytes.format(profile.highestResidentGrowthBytes().orElse(bytes)),
                    Bytes.format(profile.predictedPeakBytes())));
    StringBuilder saved = new StringBuilder();
    for (Backprop way : Backprop.values()) {
      saved.append(saved.isEmpty() ? "" : ", ");
      saved.append(Bytes.format(profile.savedBytes().getOrDefault(way, 0L)));
      saved.append(' ').append(EnumNames.of(way));
    }
    line(table, "kept for backward  %s", saved);
    line(
        table,
        "time               %.1f ms a training step, %.1f ms inference",
        profile.stepMillis(),
        profile.inferMillis());
    line(table, "parameters         %,d", profile.parameters());
    line(table, "MACs per image     %,d", profile.macs());
    profile.device().ifPresent(device -> device(table, device));
    return table.toString();
  }

  private static void layers(StringBuilder table, Profile profile) {
    LayerLabels labels = profile.labels();
    int width =
        profile.layers().stream()
            .mapToInt(layer -> labels.of(layer.path()).length())
            .max()
            .orElse(5);
    String name = "%-" + Math.max(5, width) + "s ";
    line(
        table,
        name + "%11s %13s %10s %10s %10s %10s %9s %9s %8s",
        "layer",
        "parameters",
        "MACs",
        "autodiff",
        "hybrid",
        "block",
        "workspace",
        "forward",
        "backward",
        "GFLOP/s");
    for (LayerProfile layer : profile.layers()) {
      line(
          table,
          name + "%,11d %,13d %10s %10s %10s %10s %6.2f ms %6.2f ms %8.1f",
          labels.of(layer.path()),
          layer.parameters(),
          layer.macs(),
          Bytes.format(layer.savedBytes().getOrDefault(Backprop.AUTODIFF, 0L)),
          Bytes.format(layer.savedBytes().getOrDefault(Backprop.HYBRID, 0L)),
          Bytes.format(layer.savedBytes().getOrDefault(Backprop.BLOCK, 0L)),
          Bytes.format(layer.workspaceBytes()),
          layer.forwardMillis(),
          layer.backwardMillis(),
          layer.gigaflops());
    }
  }

  /** The device's own measurements of a step. */
  private static void device(StringBuilder table, DeviceStep device) {
    line(table, "");
    line(table, "%-32s %11s %12s %11s", "on the device", "kernel ms", "transfer ms", "compile ms");
    device.rows().forEach(row -> row(table, row));
    row(table, device.feeding());
    line(table, "");
    line(
        table,
        "to the device      %,d bytes a step: inputs of %,d, small sizes rounded up; with the"
            + " arguments of %,d launches the profiler counts %,d",
        device.traffic().sentBytes(),
        device.inputBytes(),
        device.traffic().launches(),
        device.countedBytes());
    line(
        table,
        "to the host        %,d bytes a step: the loss of %,d and a count of launches; %,d that"
            + " kernels sent unasked",
        device.traffic().receivedBytes(),
        device.lossBytes(),
        device.returnedBytes());
    line(
        table,
        "device memory      %,d bytes planned, %,d allocated",
        device.plannedBytes(),
        device.allocatedBytes());
  }

  private static void row(StringBuilder table, DeviceStep.Row row) {
    line(
        table,
        "%-32s %11.3f %12.3f %11.1f",
        row.operation(),
        row.kernelMillis(),
        row.transferMillis(),
        row.compileMillis());
  }

  private static void alive(StringBuilder table, Timeline timeline, LayerLabels labels) {
    Timeline.Moment moment = timeline.moments().get(timeline.peak());
    line(
        table,
        "alive at the peak, during %s of %s (%d of %d), %s and %s of gaps",
        moment.operation(),
        labels.of(moment.layer()),
        moment.position(),
        timeline.moments().size(),
        Bytes.format(moment.liveBytes()),
        Bytes.format(timeline.gapBytes()));
    line(table, "  %s", AtPeak.byCategory(timeline));
    List<AtPeak> alive = AtPeak.of(timeline, labels);
    int shown = Math.min(SHOWN, alive.size());
    for (AtPeak row : alive.subList(0, shown)) {
      line(
          table,
          "%10s  %-10s  %s %s",
          Bytes.format(row.bytes()),
          row.category().name().toLowerCase(Locale.ROOT),
          row.name(),
          row.shape() == null ? "" : row.shape());
    }
    int rest = alive.size() - shown;
    if (rest > 0) {
      long bytes = alive.stream().skip(shown).mapToLong(AtPeak::bytes).sum();
      line(table, "%10s  in %d more", Bytes.format(bytes), rest);
    }
  }

  private static void line(StringBuilder table, String format, Object... arguments) {
    table.append(String.format(Locale.ROOT, format, arguments)).append(System.lineSeparator());
  }
}
