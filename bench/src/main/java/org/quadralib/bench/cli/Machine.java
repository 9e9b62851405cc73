package org.quadralib.bench.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.quadralib.samples.Version;

/** What a measurement was taken on. */
record Machine(String processor, int cores, String system, String jvm, String library) {
  static Machine here() {
    return new Machine(
        processorName(),
        Runtime.getRuntime().availableProcessors(),
        Version.system(),
        Version.jvm(),
        Version.library());
  }

  /** Linux tells; elsewhere the architecture has to do. */
  private static String processorName() {
    Path file = Path.of("/proc/cpuinfo");
    if (Files.isReadable(file)) {
      try (Stream<String> lines = Files.lines(file)) {
        return lines
            .filter(line -> line.startsWith("model name"))
            .map(line -> line.substring(line.indexOf(':') + 1).strip())
            .findFirst()
            .orElse(System.getProperty("os.arch"));
      } catch (IOException e) {
        return System.getProperty("os.arch");
      }
    }
    return System.getProperty("os.arch");
  }

  ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("processor", processor);
    json.put("cores", cores);
    json.put("system", system);
    json.put("jvm", jvm);
    json.put("quadralib", library);
    return json;
  }

  @Override
  public String toString() {
    return "%s, %d cores; %s; %s".formatted(processor, cores, system, jvm);
  }
}
