package org.quadralib.autobuild;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.quadralib.io.AtomicFile;

/** What was measured of a stage, as JSON in its folder; it is written last. */
final class StageFile {
  private static final String NAME = "stage.json";
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .build();

  private StageFile() {}

  /** The stage in a folder; null if it is not done. */
  static @Nullable Stage read(Path folder) throws IOException {
    Path file = folder.resolve(NAME);
    if (!Files.exists(file)) {
      return null;
    }
    try {
      return JSON.readValue(file.toFile(), Stage.class);
    } catch (JacksonException e) {
      throw new IllegalArgumentException(
          "%s is damaged (%s); remove it to do the stage again"
              .formatted(file, e.getOriginalMessage()),
          e);
    }
  }

  static void write(Path folder, Stage stage) throws IOException {
    byte[] bytes = JSON.writeValueAsBytes(stage);
    AtomicFile.write(folder.resolve(NAME), channel -> channel.write(ByteBuffer.wrap(bytes)));
  }
}
