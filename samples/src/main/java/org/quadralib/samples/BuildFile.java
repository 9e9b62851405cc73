package org.quadralib.samples;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.quadralib.io.AtomicFile;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.OptionSpec;

/** The options of a build in its folder, with which it can go on. */
final class BuildFile {
  static final String NAME = "build.json";
  private static final ObjectMapper JSON = JsonMapper.builder().build();

  private BuildFile() {}

  /**
   * Writes the options of a new build.
   *
   * @throws IllegalArgumentException if the folder holds one already
   */
  static void write(Path folder, AutobuildOptions options) throws IOException {
    if (Files.exists(folder.resolve(NAME))) {
      throw new IllegalArgumentException(
          "%s holds a build already; go on with it by --resume %s, or choose another --out"
              .formatted(folder, folder));
    }
    ObjectNode given = JSON.createObjectNode();
    values(options).forEach(given::put);
    byte[] bytes = given.toPrettyString().getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(folder.resolve(NAME), channel -> channel.write(ByteBuffer.wrap(bytes)));
  }

  /** The options as text, by name without dashes, in their order. */
  static Map<String, String> values(AutobuildOptions options) {
    Map<String, String> values = new LinkedHashMap<>();
    for (OptionSpec option : parser(options).getCommandSpec().options()) {
      Object value = option.getValue();
      if (value != null) {
        String text = value instanceof Enum<?> constant ? EnumNames.of(constant) : value.toString();
        values.put(option.longestName().substring(2), text);
      }
    }
    return values;
  }

  /**
   * The options of the build in a folder.
   *
   * @throws IllegalArgumentException if there is none, or it is damaged
   */
  static AutobuildOptions read(Path folder) throws IOException {
    Path file = folder.resolve(NAME);
    if (!Files.exists(file)) {
      throw new IllegalArgumentException(folder + " holds no build; start one with --from");
    }
    List<String> arguments = new ArrayList<>();
    try {
      JsonNode given = JSON.readTree(file.toFile());
      given
          .properties()
          .forEach(e -> arguments.add("--" + e.getKey() + "=" + e.getValue().asText()));
    } catch (JacksonException e) {
      throw new IllegalArgumentException(file + " is damaged: " + e.getOriginalMessage(), e);
    }
    AutobuildOptions options = new AutobuildOptions();
    parser(options).parseArgs(arguments.toArray(String[]::new));
    return options;
  }

  private static CommandLine parser(AutobuildOptions options) {
    Holder holder = new Holder();
    holder.options = options;
    return Quadra.converters(new CommandLine(holder));
  }

  @Command
  private static final class Holder {
    @Mixin private AutobuildOptions options = new AutobuildOptions();
  }
}
