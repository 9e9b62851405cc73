package org.quadralib.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quadralib.backend.Backend;
import org.quadralib.backend.Backends;
import org.quadralib.data.DataOptions;
import org.quadralib.data.DataSplits;
import org.quadralib.data.Datasets;
import org.quadralib.layers.Model;
import org.quadralib.models.Models;
import org.quadralib.optim.Schedule;
import org.quadralib.tensor.Shape;
import org.quadralib.train.Trainer;
import org.quadralib.train.TrainingConfig;
import org.quadralib.train.TrainingResult;

class LiveProfileTest {
  private static TrainingResult train(LiveProfile profile) {
    DataSplits digits = Datasets.open("digits", null, DataOptions.defaults());
    TrainingConfig config =
        TrainingConfig.builder()
            .epochs(1)
            .batchSize(256)
            .schedule(horizon -> Schedule.constant(0.01))
            .listener(profile)
            .build();
    try (Backend backend = Backends.named("scalar", 1);
        Model model = Model.create(Models.named("qmlp").build(10), Shape.of(1, 8, 8), 1)) {
      return new Trainer(model, backend, config).fit(digits);
    }
  }

  @Test
  void eachOperationOfEachStepIsTimed() {
    LiveProfile profile = new LiveProfile();
    assertThrows(IllegalStateException.class, profile::times);
    TrainingResult result = train(profile);
    assertEquals(result.steps(), profile.times().runs());
    assertEquals(profile.timeline().moments().size(), profile.times().nanosByOperation().length);
    double sum = profile.byLayer().stream().mapToDouble(OpTimes.Row::nanos).sum();
    assertEquals(profile.times().total(), sum, 1e-6 * sum);
  }

  @Test
  void aRecordingHoldsStepsAndOperations(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("run.jfr");
    LiveProfile profile = new LiveProfile();
    TrainingResult result;
    try (Recording recording = new Recording()) {
      recording.enable("org.quadralib.Operation").withoutThreshold();
      recording.enable("org.quadralib.Step").withoutThreshold();
      recording.start();
      result = train(profile);
      recording.stop();
      recording.dump(file);
    }
    List<RecordedEvent> events = RecordingFile.readAllEvents(file);
    long operations = count(events, "org.quadralib.Operation");
    long steps = count(events, "org.quadralib.Step");
    // Other tests of this JVM may train meanwhile.
    assertTrue(steps >= result.steps(), steps + " steps");
    assertTrue(
        operations >= result.steps() * profile.timeline().moments().size(),
        operations + " operations");
    assertTrue(
        events.stream()
            .filter(event -> event.getEventType().getName().equals("org.quadralib.Operation"))
            .allMatch(event -> !event.getString("operation").isEmpty()));
  }

  private static long count(List<RecordedEvent> events, String name) {
    return events.stream().filter(event -> event.getEventType().getName().equals(name)).count();
  }
}
