package org.quadralib.profile;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.Locale;
import org.quadralib.graph.Phase;
import org.quadralib.io.AtomicFile;
import org.quadralib.memory.Category;

/**
 * One step in the Trace Event Format that chrome://tracing and Perfetto show: an event for each
 * operation, by phase, and live bytes by category as a counter. Times are means over the steps that
 * were measured, one operation after another.
 */
public final class ChromeTrace {
  private static final int PROCESS = 1;

  private ChromeTrace() {}

  /** The trace; times in microseconds, as the format has it. */
  public static ObjectNode of(Profile profile) {
    ObjectNode trace = JsonNodeFactory.instance.objectNode();
    trace.put("displayTimeUnit", "ms");
    ArrayNode events = trace.putArray("traceEvents");
    String title = profile.subject().model() + ", batch " + profile.subject().batch();
    metadata(events, "process_name", 0, title);
    for (Phase phase : Phase.values()) {
      metadata(events, "thread_name", thread(phase), lower(phase));
    }
    double now = 0;
    for (int i = 0; i < profile.timeline().moments().size(); i++) {
      Timeline.Moment moment = profile.timeline().moments().get(i);
      double micros = 1e3 * profile.operationMillis().get(i);
      ObjectNode operation = event(events, moment.operation(), "X", now);
      operation.put("cat", lower(moment.phase())).put("dur", micros);
      operation.put("tid", thread(moment.phase()));
      ObjectNode arguments = operation.putObject("args");
      arguments.put("layer", moment.layer()).put("position", moment.position());
      ObjectNode live = event(events, "live MiB", "C", now).putObject("args");
      for (Category category : Category.values()) {
        live.put(lower(category), moment.live().getOrDefault(category, 0L) / (double) (1 << 20));
      }
      now += micros;
    }
    return trace;
  }

  /** Writes the trace into a file. */
  public static void write(Path file, Profile profile) throws IOException {
    byte[] bytes = new ObjectMapper().writeValueAsBytes(of(profile));
    AtomicFile.write(file, channel -> Channels.newOutputStream(channel).write(bytes));
  }

  private static ObjectNode event(ArrayNode events, String name, String kind, double micros) {
    ObjectNode event = events.addObject();
    return event.put("name", name).put("ph", kind).put("ts", micros).put("pid", PROCESS);
  }

  private static void metadata(ArrayNode events, String what, int thread, String name) {
    ObjectNode event = event(events, what, "M", 0).put("tid", thread);
    event.putObject("args").put("name", name);
  }

  private static int thread(Phase phase) {
    return phase.ordinal() + 1;
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
