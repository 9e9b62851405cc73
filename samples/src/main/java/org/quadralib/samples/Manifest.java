package org.quadralib.samples;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.quadralib.backend.Backend;
import org.quadralib.data.DataSplits;
import org.quadralib.data.Dataset;
import org.quadralib.data.Normalize;

/** What one must know to repeat a run, as JSON. */
final class Manifest {
  private static final String OPTIONS = "options";
  private static final String BACKEND = "backend";
  private static final String RESUMES = "resumes";

  private Manifest() {}

  /** Describes a run that is about to start. */
  static ObjectNode of(
      Map<String, String> options, Backend backend, DataSplits data, Normalize normalize) {
    ObjectNode manifest = JsonNodeFactory.instance.objectNode();
    describeStart(manifest, backend);
    ObjectNode flags = manifest.putObject(OPTIONS);
    options.forEach(flags::put);
    ObjectNode source = manifest.putObject("data");
    source.put("shape", data.train().shape().toString());
    source.put("classes", String.join(",", data.train().classNames()));
    source.put("normalize", normalize.toString());
    part(source, "train", data.train());
    part(source, "validation", data.validation());
    part(source, "test", data.test());
    return manifest;
  }

  /** Adds that a run goes on; what was there stays. */
  static ObjectNode resumed(Resumption resumption, Backend backend) {
    ObjectNode manifest = resumption.manifest();
    ObjectNode entry = manifest.withArray(RESUMES).addObject();
    describeStart(entry, backend);
    ObjectNode flags = entry.putObject(OPTIONS);
    resumption.changed().forEach(flags::put);
    return manifest;
  }

  private static void describeStart(ObjectNode node, Backend backend) {
    node.put("started", Instant.now().toString());
    node.put("library", Version.library());
    node.put("jvm", Version.jvm());
    node.put("system", Version.system());
    node.put(BACKEND, backend.name());
    node.put("backendDescription", backend.description());
  }

  private static void part(ObjectNode source, String name, Dataset data) {
    ObjectNode part = source.putObject(name);
    part.put("examples", data.size());
    part.put("sha256", data.checksum());
  }

  /**
   * The options of the run that a manifest describes: those it was created with, and what changed
   * when it was resumed. A backend that was chosen automatically stays chosen.
   *
   * @throws IllegalArgumentException if it has none, or not options of this program
   */
  static Map<String, String> options(RunFolder folder, ObjectNode manifest) {
    OptionLayers options = new OptionLayers();
    addOptions(folder, manifest, options);
    if (manifest.has(RESUMES)) {
      if (!(manifest.get(RESUMES) instanceof ArrayNode resumes)) {
        throw damaged(folder, "'resumes' is not a list");
      }
      resumes.forEach(resume -> addOptions(folder, resume, options));
    }
    Map<String, String> values = new LinkedHashMap<>(options.values());
    if (Objects.equals(values.get(BACKEND), "auto") && manifest.path(BACKEND).isTextual()) {
      values.put(BACKEND, manifest.path(BACKEND).asText());
    }
    values.keySet().removeAll(Resumption.OF_THE_CALL);
    return values;
  }

  private static void addOptions(RunFolder folder, JsonNode node, OptionLayers options) {
    if (!(node.get(OPTIONS) instanceof ObjectNode flags)) {
      throw damaged(folder, "it holds no options");
    }
    for (Map.Entry<String, JsonNode> flag : flags.properties()) {
      if (!flag.getValue().isTextual()) {
        throw damaged(folder, "option '%s' is not a text".formatted(flag.getKey()));
      }
      options.add(flag.getKey(), flag.getValue().asText(), folder.manifest().toString());
    }
  }

  private static IllegalArgumentException damaged(RunFolder folder, String what) {
    return new IllegalArgumentException(
        "%s is damaged: %s; start a new run".formatted(folder.manifest(), what));
  }
}
