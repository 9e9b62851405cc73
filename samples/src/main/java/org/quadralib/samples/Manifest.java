package org.quadralib.samples;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.quadralib.backend.Backend;
import org.quadralib.data.DataSplits;
import org.quadralib.data.Dataset;
import org.quadralib.data.Normalize;

/** What one must know to repeat a run, as JSON. */
final class Manifest {
  private static final String OPTIONS = "options";

  private Manifest() {}

  /** Describes a run that is about to start. */
  static ObjectNode of(
      Map<String, String> options, Backend backend, DataSplits data, Normalize normalize) {
    ObjectNode manifest = JsonNodeFactory.instance.objectNode();
    manifest.put("started", Instant.now().toString());
    manifest.put("library", Version.library());
    manifest.put("jvm", Version.jvm());
    manifest.put("system", Version.system());
    manifest.put("backend", backend.name());
    manifest.put("backendDescription", backend.description());
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

  private static void part(ObjectNode source, String name, Dataset data) {
    ObjectNode part = source.putObject(name);
    part.put("examples", data.size());
    part.put("sha256", data.checksum());
  }

  /**
   * The options of the run that a manifest describes.
   *
   * @throws IllegalArgumentException if it has none
   */
  static Map<String, String> options(RunFolder folder, ObjectNode manifest) {
    if (!(manifest.get(OPTIONS) instanceof ObjectNode flags)) {
      throw new IllegalArgumentException(folder.manifest() + " is damaged: it holds no options");
    }
    Map<String, String> options = new LinkedHashMap<>();
    flags.properties().forEach(flag -> options.put(flag.getKey(), flag.getValue().asText()));
    // How results are shown is a matter of each call.
    options.keySet().removeAll(Set.of("out", "quiet", "json"));
    return options;
  }
}
