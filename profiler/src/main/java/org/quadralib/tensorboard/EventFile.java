package org.quadralib.tensorboard;

import static org.quadralib.tensorboard.Proto.message;

import com.google.protobuf.ByteString;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32C;
import org.quadralib.analysis.Histogram;
import org.quadralib.chart.PngImage;
import org.quadralib.graph.Graph;

/**
 * A file of events as TensorFlow writes them: records of length, checksum, event, checksum
 * (tensorflow/core/lib/io/record_writer.h), each event a message of event.proto. Tags group by what
 * stands before their first slash. Not thread-safe.
 */
public final class EventFile implements AutoCloseable {
  private static final int SESSION_START = 1;

  private final OutputStream out;
  private final Clock clock;

  /**
   * A new file in a folder, which is made if need be.
   *
   * @throws IOException if it cannot be written
   */
  public EventFile(Path folder) throws IOException {
    this(folder, Clock.systemUTC());
  }

  EventFile(Path folder, Clock clock) throws IOException {
    this.clock = clock;
    Files.createDirectories(folder);
    this.out = create(folder);
    event(0, event -> event.writeString(3, "brain.Event:2"));
  }

  /**
   * TensorBoard finds files by "tfevents" and reads those of a folder in the order of their names.
   */
  private OutputStream create(Path folder) throws IOException {
    for (int i = 0; ; i++) {
      String name =
          String.format(
              Locale.ROOT,
              "events.out.tfevents.%010d.quadralib.%d.%d",
              clock.millis() / 1000,
              ProcessHandle.current().pid(),
              i);
      Path file = folder.resolve(name);
      if (!Files.exists(file)) {
        return new BufferedOutputStream(
            Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
      }
    }
  }

  /** Says that a run goes on from a step: what earlier files hold of later steps is void. */
  public void restart(long step) throws IOException {
    event(step, event -> event.writeBytes(7, message(log -> log.writeEnum(1, SESSION_START))));
  }

  /** Adds a number. */
  public void scalar(String tag, long step, double value) throws IOException {
    value(tag, step, body -> body.writeFloat(2, (float) value));
  }

  /** Adds a histogram; values that are not finite are not in it. */
  public void histogram(String tag, long step, Histogram histogram) throws IOException {
    ByteString limits = doubles(Histogram.BINS, histogram::end);
    ByteString counts = doubles(Histogram.BINS, i -> histogram.counts().get(i));
    ByteString histo =
        message(
            h -> {
              h.writeDouble(1, histogram.min());
              h.writeDouble(2, histogram.max());
              h.writeDouble(3, histogram.count());
              h.writeDouble(4, histogram.sum());
              h.writeDouble(5, histogram.sumOfSquares());
              h.writeBytes(6, limits);
              h.writeBytes(7, counts);
            });
    value(tag, step, body -> body.writeBytes(5, histo));
  }

  /** Packed: numbers after each other, without their field's number before each. */
  private static ByteString doubles(int count, java.util.function.IntToDoubleFunction values) {
    return message(
        out -> {
          for (int i = 0; i < count; i++) {
            out.writeDoubleNoTag(values.applyAsDouble(i));
          }
        });
  }

  /** Adds a picture. */
  public void image(String tag, long step, PngImage image) throws IOException {
    ByteString picture =
        message(
            p -> {
              p.writeInt32(1, image.height());
              p.writeInt32(2, image.width());
              p.writeInt32(3, 3); // red, green, blue
              p.writeByteArray(4, image.png());
            });
    value(tag, step, body -> body.writeBytes(4, picture));
  }

  /** Adds a network; the last one counts. */
  public void graph(Graph graph) throws IOException {
    event(0, event -> event.writeBytes(4, GraphMessage.of(graph)));
  }

  private void value(String tag, long step, Proto.Body content) throws IOException {
    ByteString value =
        message(
            v -> {
              v.writeString(1, tag);
              content.write(v);
            });
    event(step, event -> event.writeBytes(5, message(summary -> summary.writeBytes(1, value))));
  }

  private void event(long step, Proto.Body content) throws IOException {
    ByteString event =
        message(
            e -> {
              e.writeDouble(1, clock.millis() / 1e3);
              if (step != 0) { // what is absent is 0
                e.writeInt64(2, step);
              }
              content.write(e);
            });
    byte[] data = event.toByteArray();
    byte[] length =
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(data.length).array();
    for (byte[] part : List.of(length, data)) {
      out.write(part);
      int crc = maskedCrc(part);
      out.write(
          ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(crc).array());
    }
  }

  /** Masked, because a checksum of data that holds its own checksum says little. */
  private static int maskedCrc(byte[] data) {
    CRC32C crc = new CRC32C();
    crc.update(data);
    return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
  }

  /** Lets TensorBoard see what was added so far. */
  public void flush() throws IOException {
    out.flush();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
