package org.quadralib.analysis;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.quadralib.io.AtomicFile;

/** Statistics on disk: one JSON object a line and epoch. */
public final class StatisticsFile {
  private static final ObjectMapper JSON = new ObjectMapper();

  private StatisticsFile() {}

  /** Adds an epoch to a file. */
  public static void append(Path file, EpochStatistics epoch) throws IOException {
    Files.writeString(file, line(epoch), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /** Replaces a file in one step. */
  public static void write(Path file, List<EpochStatistics> epochs) throws IOException {
    StringBuilder text = new StringBuilder();
    epochs.forEach(epoch -> text.append(line(epoch)));
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, channel -> channel.write(ByteBuffer.wrap(bytes)));
  }

  /**
   * Reads a file as far as it is whole: a crash may have cut its last line. What follows a line
   * that cannot be read is left out. No file has no epochs.
   */
  public static List<EpochStatistics> read(Path file) throws IOException {
    List<EpochStatistics> epochs = new ArrayList<>();
    if (!Files.exists(file)) {
      return epochs;
    }
    for (String line : Files.readAllLines(file)) {
      try {
        epochs.add(epoch(JSON.readTree(line)));
      } catch (JacksonException | IllegalArgumentException e) {
        return epochs;
      }
    }
    return epochs;
  }

  private static String line(EpochStatistics epoch) {
    ObjectNode line = JsonNodeFactory.instance.objectNode();
    line.put("epoch", epoch.epoch() + 1);
    ArrayNode layers = line.putArray("layers");
    for (LayerStatistics layer : epoch.layers()) {
      Histogram histogram = layer.histogram();
      ObjectNode node = layers.addObject();
      node.put("layer", layer.layer());
      node.put("kind", layer.kind().name().toLowerCase(Locale.ROOT));
      node.put("term", layer.term().name().toLowerCase(Locale.ROOT));
      node.put("min", histogram.min());
      node.put("max", histogram.max());
      node.put("sum", histogram.sum());
      node.put("sumOfSquares", histogram.sumOfSquares());
      node.put("nonFinite", histogram.nonFinite());
      ArrayNode counts = node.putArray("counts");
      histogram.counts().forEach(counts::add);
    }
    return line + "\n";
  }

  private static EpochStatistics epoch(JsonNode line) {
    List<LayerStatistics> layers = new ArrayList<>();
    for (JsonNode node : line.path("layers")) {
      List<Long> counts = new ArrayList<>();
      node.path("counts").forEach(count -> counts.add(count.asLong()));
      if (counts.size() != Histogram.BINS) {
        throw new IllegalArgumentException(counts.size() + " bins");
      }
      layers.add(
          new LayerStatistics(
              node.path("layer").asText(),
              LayerStatistics.Kind.valueOf(node.path("kind").asText().toUpperCase(Locale.ROOT)),
              Term.valueOf(node.path("term").asText().toUpperCase(Locale.ROOT)),
              new Histogram(
                  node.path("min").asDouble(),
                  node.path("max").asDouble(),
                  node.path("sum").asDouble(),
                  node.path("sumOfSquares").asDouble(),
                  node.path("nonFinite").asLong(),
                  counts)));
    }
    if (!line.path("epoch").isInt()) {
      throw new IllegalArgumentException("no epoch");
    }
    return new EpochStatistics(line.path("epoch").asInt() - 1, layers);
  }
}
