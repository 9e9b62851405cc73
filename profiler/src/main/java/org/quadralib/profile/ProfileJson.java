package org.quadralib.profile;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Map;
import org.quadralib.backend.Traffic;
import org.quadralib.layers.Backprop;
import org.quadralib.memory.Category;

/** A {@link Profile} as JSON; names are part of the command line's contract. */
public final class ProfileJson {
  private ProfileJson() {}

  /** Everything in one object. */
  public static ObjectNode of(Profile profile) {
    ObjectNode json = summary(profile);
    ArrayNode layers = json.putArray("layers");
    for (LayerProfile layer : profile.layers()) {
      ObjectNode entry = layers.addObject();
      entry.put("layer", layer.path()).put("operation", layer.operation());
      entry.put("parameters", layer.parameters()).put("macs", layer.macs());
      saved(entry, layer.savedBytes());
      entry.put("workspaceBytes", layer.workspaceBytes());
      entry.put("forwardMillis", layer.forwardMillis());
      entry.put("backwardMillis", layer.backwardMillis());
      entry.put("gigaflops", layer.gigaflops());
    }
    ArrayNode moments = json.putArray("timeline");
    Timeline timeline = profile.timeline();
    for (int i = 0; i < timeline.moments().size(); i++) {
      Timeline.Moment moment = timeline.moments().get(i);
      ObjectNode entry = moments.addObject();
      entry.put("operation", moment.operation()).put("layer", moment.layer());
      entry.put("phase", moment.phase().name().toLowerCase(Locale.ROOT));
      entry.put("millis", profile.operationMillis().get(i));
      ObjectNode live = entry.putObject("liveBytes");
      moment.live().forEach((category, bytes) -> live.put(name(category), bytes));
    }
    ObjectNode peak = json.putObject("peak");
    peak.put("position", timeline.peak() + 1).put("gapBytes", timeline.gapBytes());
    ArrayNode alive = peak.putArray("alive");
    for (Timeline.Live live : timeline.atPeak()) {
      ObjectNode entry = alive.addObject();
      entry.put("name", live.name()).put("category", name(live.category()));
      entry.put("bytes", live.bytes());
      if (live.shape() != null) {
        ArrayNode shape = entry.putArray("shape");
        for (int extent : live.shape().dims()) {
          shape.add(extent);
        }
      }
    }
    return json;
  }

  /** The totals. */
  public static ObjectNode summary(Profile profile) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    Profile.Subject subject = profile.subject();
    json.put("model", subject.model()).put("input", subject.input()).put("batch", subject.batch());
    json.put("backprop", subject.backprop()).put("backend", subject.backend());
    json.put("steps", subject.steps());
    json.put("parameters", profile.parameters()).put("macs", profile.macs());
    json.put("predictedPeakBytes", profile.predictedPeakBytes());
    json.put("measuredPeakBytes", profile.measuredPeakBytes());
    profile.residentGrowthBytes().ifPresent(bytes -> json.put("residentGrowthBytes", bytes));
    profile
        .highestResidentGrowthBytes()
        .ifPresent(bytes -> json.put("highestResidentGrowthBytes", bytes));
    saved(json, profile.savedBytes());
    json.put("stepSavedBytes", profile.stepSavedBytes());
    json.put("stepMillis", profile.stepMillis()).put("inferMillis", profile.inferMillis());
    profile.device().ifPresent(device -> json.set("device", device(device)));
    return json;
  }

  private static ObjectNode device(DeviceStep device) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ArrayNode operations = json.putArray("operations");
    device.rows().forEach(row -> row(operations, row));
    row(operations, device.feeding());
    Traffic traffic = device.traffic();
    json.put("launches", traffic.launches());
    json.put("inputBytes", device.inputBytes()).put("sentBytes", traffic.sentBytes());
    json.put("countedBytes", device.countedBytes());
    json.put("lossBytes", device.lossBytes()).put("receivedBytes", traffic.receivedBytes());
    json.put("returnedBytes", device.returnedBytes());
    json.put("plannedBytes", device.plannedBytes());
    json.put("allocatedBytes", device.allocatedBytes());
    return json;
  }

  private static void row(ArrayNode rows, DeviceStep.Row row) {
    rows.addObject()
        .put("operation", row.operation())
        .put("kernelMillis", row.kernelMillis())
        .put("transferMillis", row.transferMillis())
        .put("compileMillis", row.compileMillis());
  }

  private static void saved(ObjectNode json, Map<Backprop, Long> bytes) {
    ObjectNode saved = json.putObject("savedBytes");
    bytes.forEach((way, amount) -> saved.put(way.name().toLowerCase(Locale.ROOT), amount));
  }

  private static String name(Category category) {
    return category.name().toLowerCase(Locale.ROOT);
  }
}
