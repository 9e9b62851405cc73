package org.quadralib.architecture;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.quadralib.io.AtomicFile;
import org.quadralib.layers.Backprop;
import org.quadralib.layers.Layer;
import org.quadralib.layers.Mode;
import org.quadralib.layers.Model;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Shape;

/**
 * A network and what it is for, as a YAML file holds it.
 *
 * <pre>{@code
 * architecture: 1
 * name: tiny
 * input: 3x32x32
 * network:
 *   type: sequential
 *   layers:
 *   - {type: quadratic-conv2d, out: 16, kernel: 3, padding: 1}
 *   - {type: relu}
 *   - {type: global-avg-pool2d}
 *   - {type: dense, out: 10}
 * }</pre>
 *
 * @param name for people
 * @param input shape of one example, without the batch
 */
public record Architecture(String name, Shape input, Layer network) {
  private static final long MAX_BYTES = 3 << 20;

  /**
   * Reads a file.
   *
   * @throws IOException if it cannot be read
   * @throws IllegalArgumentException if it is no architecture, naming the line and what to do
   */
  public static Architecture read(Path file) throws IOException {
    if (Files.size(file) > MAX_BYTES) {
      throw new IllegalArgumentException(
          "%s has more than %d bytes, an architecture has not".formatted(file, MAX_BYTES));
    }
    try {
      return parse(Files.readString(file), file.toString());
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(
          file + ": this is not text in UTF-8; an architecture is a YAML file", e);
    }
  }

  /**
   * Reads a text.
   *
   * @param source what to call it in errors
   * @throws IllegalArgumentException if it is no architecture, naming the line and what to do
   */
  public static Architecture parse(String text, String source) {
    Fields fields = Fields.of(YamlReader.read(text, source), source);
    long version = fields.integer("architecture", 1, Integer.MAX_VALUE);
    if (version != 1) {
      throw fields.wrong("architecture", "this program reads version 1, not " + version);
    }
    Architecture result =
        new Architecture(
            fields.text("name", ""),
            fields.shape("input"),
            LayerYaml.read(fields.mapping("network")));
    fields.finish();
    try {
      result.outputs();
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new IllegalArgumentException(source + ": " + e.getMessage(), e);
    }
    return result;
  }

  /** The text of a file. */
  public String yaml() {
    StringBuilder text = new StringBuilder("architecture: 1\n");
    text.append("name: ").append(YamlText.quoted(name)).append('\n');
    text.append("input: ").append(YamlText.shape(input)).append('\n');
    text.append("network:\n");
    LayerYaml.write(text, "  ", network);
    return text.toString();
  }

  /** Writes a file in one step; see {@link AtomicFile}. */
  public void write(Path file) throws IOException {
    byte[] bytes = yaml().getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(
        file,
        channel -> {
          ByteBuffer left = ByteBuffer.wrap(bytes);
          while (left.hasRemaining()) {
            channel.write(left);
          }
        });
  }

  /** Number of outputs for each example. */
  public int outputs() {
    Shape output =
        Model.trace(network, input, 1, Mode.EVALUATE, DType.FLOAT32, path -> Backprop.AUTODIFF)
            .output()
            .shape();
    return output.span(1, output.rank());
  }
}
