package org.quadralib.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.quadralib.backend.Backend;
import org.quadralib.backend.Backends;
import org.quadralib.layers.Backprop;
import org.quadralib.layers.Model;
import org.quadralib.models.Models;
import org.quadralib.tensor.Shape;
import org.quadralib.train.Recipe;

class ProfilerTest {
  private static final int BATCH = 2;

  private static Profile profile(Backprop way) {
    try (Backend backend = Backends.named("scalar", 1);
        Model model = Model.create(Models.named("qcnn").build(10), Shape.of(1, 8, 8), 1)) {
      Profile.Subject subject =
          new Profile.Subject("qcnn <&'>", "1x8x8", BATCH, way.name(), backend.name(), 1);
      Recipe recipe = Recipe.defaults().backprop(way);
      return new Profiler(model, backend, recipe, BATCH, new WarmUp(0))
          .profile(subject, ResidentMemory.bytes());
    }
  }

  @ParameterizedTest
  @EnumSource
  void theTimelineAddsUpToThePrediction(Backprop way) {
    Profile profile = profile(way);
    assertEquals(profile.predictedPeakBytes(), profile.measuredPeakBytes());
    Timeline timeline = profile.timeline();
    long peak = timeline.moments().get(timeline.peak()).liveBytes();
    assertTrue(timeline.moments().stream().allMatch(moment -> moment.liveBytes() <= peak));
    assertEquals(profile.predictedPeakBytes(), peak + timeline.gapBytes());
    assertTrue(timeline.gapBytes() >= 0);
    assertEquals(peak, timeline.atPeak().stream().mapToLong(Timeline.Live::bytes).sum());
    assertEquals(timeline.moments().size(), profile.operationMillis().size());
  }

  @ParameterizedTest
  @EnumSource
  void layersAddUp(Backprop way) {
    Profile profile = profile(way);
    List<LayerProfile> layers = profile.layers();
    assertEquals(profile.parameters(), layers.stream().mapToLong(LayerProfile::parameters).sum());
    assertEquals(profile.macs(), layers.stream().mapToLong(LayerProfile::macs).sum());
    for (Backprop other : Backprop.values()) {
      long sum = layers.stream().mapToLong(layer -> layer.savedBytes().get(other)).sum();
      long fed = profile.savedBytes().get(other) - sum; // the batch, its labels and step sizes
      assertTrue(fed > 0 && fed < 1024, other + ": " + fed);
    }
    assertEquals(profile.savedBytes().get(way), profile.stepSavedBytes());
    double layerMillis =
        layers.stream().mapToDouble(layer -> layer.forwardMillis() + layer.backwardMillis()).sum();
    double all = profile.operationMillis().stream().mapToDouble(millis -> millis).sum();
    assertEquals(all, layerMillis, 0.05 * all, "each operation belongs to one layer");
  }

  @Test
  void jsonHasWhatIsPromised() {
    Profile profile = profile(Backprop.BLOCK);
    JsonNode json = ProfileJson.of(profile);
    for (String name :
        List.of("predictedPeakBytes", "measuredPeakBytes", "stepMillis", "inferMillis")) {
      assertTrue(json.path(name).asDouble() > 0, name);
    }
    assertEquals(profile.parameters(), json.path("parameters").asLong());
    assertEquals(profile.macs(), json.path("macs").asLong());
    JsonNode saved = json.path("savedBytes");
    assertTrue(saved.path("block").asLong() < saved.path("hybrid").asLong());
    assertTrue(saved.path("hybrid").asLong() < saved.path("autodiff").asLong());
    assertEquals(profile.timeline().moments().size(), json.path("timeline").size());
    assertEquals(profile.timeline().atPeak().size(), json.path("peak").path("alive").size());
  }

  @Test
  void theTraceHasAnEventForEachOperationInItsTime(@TempDir Path folder) throws IOException {
    Profile profile = profile(Backprop.HYBRID);
    Path file = folder.resolve("trace.json");
    ChromeTrace.write(file, profile);
    int operations = 0;
    double end = 0;
    for (JsonNode event : new ObjectMapper().readTree(file.toFile()).path("traceEvents")) {
      if (event.path("ph").asText().equals("X")) {
        operations++;
        assertTrue(event.path("ts").asDouble() >= end - 1e-6, "operations do not overlap");
        end = event.path("ts").asDouble() + event.path("dur").asDouble();
      }
    }
    assertEquals(profile.timeline().moments().size(), operations);
    assertEquals(
        profile.operationMillis().stream().mapToDouble(millis -> millis).sum(), end / 1e3, 1e-6);
  }

  @Test
  void thePageNeedsNothingElseAndItsChartIsXml(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("profile.html");
    ProfileHtml.write(file, profile(Backprop.BLOCK));
    String html = Files.readString(file);
    for (String link : List.of("http:", "https:", "src=", "href=", "@import", "<script")) {
      assertFalse(html.contains(link), link);
    }
    assertTrue(html.contains("prefers-color-scheme"));
    assertTrue(html.contains("width=device-width"));
    assertTrue(html.contains("qcnn &lt;&amp;&#39;"), "names are escaped");
    String svg = html.substring(html.indexOf("<svg"), html.indexOf("</svg>") + 6);
    var document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new java.io.ByteArrayInputStream(svg.getBytes("UTF-8")));
    int areas = document.getElementsByTagName("polygon").getLength();
    assertEquals(MemoryTimeline.chart(profile(Backprop.BLOCK).timeline()).series().size(), areas);
  }
}
