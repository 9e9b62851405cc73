package org.quadralib.bench.versus;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.quadralib.bench.versus.Versus.Result;
import org.quadralib.layers.ModelSummary;

/**
 * What a side-by-side run came to, for people and for programs. Ratios are a peer's time over the
 * library's in the same round: above 1 the library is faster.
 *
 * @param results the library's first
 * @param skipped why peers were left out, by name
 * @param peakBytes of the library's training step, planned
 */
public record SideBySide(
    Workload workload, List<Result> results, Map<String, String> skipped, long peakBytes) {

  private Result ours() {
    return results.getFirst();
  }

  /** The peers' results. */
  public List<Result> peers() {
    return results.subList(1, results.size());
  }

  /** Times of a peer over the library's, training. */
  public Quartiles trainRatio(Result peer) {
    return Quartiles.ofRatios(peer.trainMillis(), ours().trainMillis());
  }

  /** Times of a peer over the library's, inference. */
  public Quartiles inferRatio(Result peer) {
    return Quartiles.ofRatios(peer.inferMillis(), ours().inferMillis());
  }

  /** One object; names are part of the command line's contract. */
  public ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("model", workload.name());
    json.put("batch", workload.batch());
    json.put("input", input());
    json.put("classes", workload.classes());
    json.put("threads", workload.threads());
    json.put("backend", workload.backend());
    json.put("backprop", workload.backprop());
    ModelSummary summary = ModelSummary.of(workload.network(), workload.example());
    json.put("parameters", summary.parameters());
    json.put("macsPerImage", summary.macs());
    json.put("peakBytes", peakBytes);
    json.put("rounds", ours().trainMillis().length);
    put(json, ours());
    ArrayNode list = json.putArray("peers");
    for (Result peer : peers()) {
      ObjectNode node = list.addObject();
      node.put("name", peer.name());
      node.put("version", peer.description());
      node.put("threads", peer.threads());
      put(node, peer);
      node.set("stepRatio", json(trainRatio(peer)));
      node.set("inferRatio", json(inferRatio(peer)));
      node.put("logitsDifference", peer.difference());
      node.put("lossDifference", peer.lossDifference());
    }
    ObjectNode left = json.putObject("skipped");
    skipped.forEach(left::put);
    return json;
  }

  private String input() {
    return "%dx%dx%d"
        .formatted(workload.example().dim(0), workload.example().dim(1), workload.example().dim(2));
  }

  private static void put(ObjectNode json, Result result) {
    Quartiles train = Quartiles.of(result.trainMillis());
    Quartiles infer = Quartiles.of(result.inferMillis());
    json.put("stepMillis", train.median());
    json.put("inferMillis", infer.median());
    json.set("step", json(train));
    json.set("infer", json(infer));
  }

  /** Quartiles as an object. */
  public static ObjectNode json(Quartiles quartiles) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("firstQuartile", quartiles.first());
    json.put("median", quartiles.median());
    json.put("thirdQuartile", quartiles.third());
    return json;
  }

  /** A table: medians, in brackets the quartiles. */
  public String table() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s, %s images, batch %d, %d threads, backend %s, %s back-propagation"
            .formatted(
                workload.name(),
                input(),
                workload.batch(),
                workload.threads(),
                workload.backend(),
                workload.backprop()));
    String row = "%-10s %28s %28s %10s %10s";
    lines.add(row.formatted("", "training step, ms", "inference, ms", "images/s", "infer/s"));
    for (Result result : results) {
      Quartiles train = Quartiles.of(result.trainMillis());
      Quartiles infer = Quartiles.of(result.inferMillis());
      lines.add(
          row.formatted(
              result.name(),
              cell(train, "%.2f"),
              cell(infer, "%.2f"),
              number("%,.0f", workload.batch() * 1e3 / train.median()),
              number("%,.0f", workload.batch() * 1e3 / infer.median())));
    }
    for (Result peer : peers()) {
      lines.add(
          row.formatted(
              "× " + peer.name(),
              cell(trainRatio(peer), "%.3f"),
              cell(inferRatio(peer), "%.3f"),
              "",
              ""));
    }
    if (!peers().isEmpty()) {
      lines.add("Medians [quartiles]; × is the peer's time over ours, round by round.");
      for (Result peer : peers()) {
        lines.add(
            "%s: %s, %d threads; logits differ by %s, loss by %s"
                .formatted(
                    peer.name(),
                    peer.description(),
                    peer.threads(),
                    number("%.1e", peer.difference()),
                    number("%.1e", peer.lossDifference())));
      }
    }
    return String.join(System.lineSeparator(), lines) + System.lineSeparator();
  }

  private static String cell(Quartiles quartiles, String format) {
    return "%s [%s, %s]"
        .formatted(
            number(format, quartiles.median()),
            number(format, quartiles.first()),
            number(format, quartiles.third()));
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
