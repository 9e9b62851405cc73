package org.quadralib.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.quadralib.tensor.Tensor;

/** The bytes of a safetensors file, the same as the safetensors library would write. */
final class SafeTensorsWriter {
  private final List<Map.Entry<String, Tensor>> tensors;
  private final byte[] header;

  /**
   * Prepares a file.
   *
   * @param checksums whether the metadata gets {@link Checksums}
   * @throws IllegalArgumentException if the names cannot be written
   */
  SafeTensorsWriter(Map<String, Tensor> tensors, Map<String, String> metadata, boolean checksums) {
    if (tensors.containsKey(SafeTensorsHeader.METADATA)) {
      throw new IllegalArgumentException(
          "a tensor cannot be named " + SafeTensorsHeader.METADATA + " in a safetensors file");
    }
    this.tensors = tensors.entrySet().stream().sorted(FILE_ORDER).toList();
    // Checksums that came with metadata of another file are never written as they are.
    boolean needed = checksums || Checksums.areIn(metadata);
    this.header = header(needed ? Checksums.addTo(metadata, this::writeData) : metadata);
  }

  // The library's order: the widest elements first, so that all are aligned, then by name.
  private static final Comparator<Map.Entry<String, Tensor>> FILE_ORDER =
      Comparator.comparing((Map.Entry<String, Tensor> entry) -> encoding(entry.getValue()))
          .reversed()
          .thenComparing(entry -> utf8(entry.getKey()), Arrays::compareUnsigned);

  void writeTo(WritableByteChannel channel) throws IOException {
    ByteBuffer start =
        ByteBuffer.allocate(SafeTensorsHeader.LENGTH_BYTES + header.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(header.length)
            .put(header)
            .flip();
    while (start.hasRemaining()) {
      channel.write(start);
    }
    writeData(channel);
  }

  private void writeData(WritableByteChannel channel) throws IOException {
    for (Map.Entry<String, Tensor> entry : tensors) {
      TensorBytes.write(channel, entry.getValue(), ByteOrder.LITTLE_ENDIAN);
    }
  }

  private byte[] header(Map<String, String> metadata) {
    StringBuilder json = new StringBuilder("{");
    if (!metadata.isEmpty()) {
      json.append(
          metadata.entrySet().stream()
              .map(e -> JsonString.quote(e.getKey()) + ":" + JsonString.quote(e.getValue()))
              .collect(
                  Collectors.joining(
                      ",", JsonString.quote(SafeTensorsHeader.METADATA) + ":{", "}")));
    }
    long offset = 0;
    for (Map.Entry<String, Tensor> entry : tensors) {
      Tensor tensor = entry.getValue();
      long end = Math.addExact(offset, tensor.type().bytes());
      json.append(json.length() > 1 ? "," : "")
          .append(JsonString.quote(entry.getKey()))
          .append(":{\"dtype\":\"")
          .append(encoding(tensor))
          .append("\",\"shape\":[")
          .append(
              IntStream.of(tensor.shape().dims())
                  .mapToObj(Integer::toString)
                  .collect(Collectors.joining(",")))
          .append("],\"data_offsets\":[")
          .append(offset)
          .append(',')
          .append(end)
          .append("]}");
      offset = end;
    }
    byte[] bytes = utf8(json.append('}').toString());
    int padded = Math.ceilDiv(bytes.length, Long.BYTES) * Long.BYTES;
    if (padded > SafeTensorsHeader.MAX_BYTES) {
      throw new IllegalArgumentException(
          "the names, shapes and metadata of %d tensors take %d bytes, but the header of a"
                  .formatted(tensors.size(), padded)
              + " safetensors file holds at most "
              + SafeTensorsHeader.MAX_BYTES);
    }
    byte[] header = Arrays.copyOf(bytes, padded);
    Arrays.fill(header, bytes.length, padded, (byte) ' ');
    return header;
  }

  private static Encoding encoding(Tensor tensor) {
    return Encoding.of(tensor.type().dtype());
  }

  private static byte[] utf8(String text) {
    try {
      ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      byte[] bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
      return bytes;
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(
          "a name or metadata has half a surrogate pair, which no file can hold", e);
    }
  }
}
