package org.quadralib.io;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;

/**
 * SHA-256 checksums in the metadata of a safetensors file, by which damage is found that the format
 * itself cannot show: one of the data, as {@code sha256sum} counts it, and one of the metadata.
 * Files without them are as good as ever.
 */
final class Checksums {
  private static final String DATA = "quadralib.sha256.data";
  private static final String METADATA = "quadralib.sha256.metadata";

  // A buffer covers at most 2 GiB.
  private static final long CHUNK = 1 << 20;

  private Checksums() {}

  /** Whether a file has checksums. */
  static boolean areIn(Map<String, String> metadata) {
    return metadata.containsKey(DATA) || metadata.containsKey(METADATA);
  }

  /** Metadata with the checksums of itself and of the data that goes with it. */
  static SequencedMap<String, String> addTo(Map<String, String> metadata, AtomicFile.Content data) {
    SequencedMap<String, String> result = new LinkedHashMap<>(metadata);
    result.put(DATA, ofData(data));
    result.put(METADATA, ofMetadata(result));
    return result;
  }

  /**
   * Checks a file that has checksums.
   *
   * @throws FormatException if one of them is wrong
   */
  static void check(Source source, Map<String, String> metadata, MemorySegment data)
      throws FormatException {
    if (metadata.containsKey(METADATA) && !ofMetadata(metadata).equals(metadata.get(METADATA))) {
      throw wrong(source, "the metadata", METADATA);
    }
    if (metadata.containsKey(DATA)
        && !ofData(channel -> write(channel, data)).equals(metadata.get(DATA))) {
      throw wrong(source, "the data", DATA);
    }
  }

  private static FormatException wrong(Source source, String where, String key) {
    return source.error(
        where,
        "it does not have the checksum that it was written with",
        "the file is damaged, take another copy of it; if a program changed it on purpose, remove '%s' from its metadata"
            .formatted(key));
  }

  private static void write(WritableByteChannel channel, MemorySegment data) throws IOException {
    for (long at = 0; at < data.byteSize(); at += CHUNK) {
      MemorySegment chunk = data.asSlice(at, Math.min(CHUNK, data.byteSize() - at));
      channel.write(chunk.asByteBuffer());
      chunk.unload(); // or the process would hold the whole file
    }
  }

  private static String ofData(AtomicFile.Content data) {
    DigestChannel channel = new DigestChannel(sha256());
    try {
      data.writeTo(channel);
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory failed", e);
    }
    return HexFormat.of().formatHex(channel.digest.digest());
  }

  // Sorted: the safetensors library writes metadata in any order.
  private static String ofMetadata(Map<String, String> metadata) {
    MessageDigest digest = sha256();
    new TreeMap<>(metadata)
        .forEach(
            (key, value) -> {
              if (!key.equals(METADATA)) {
                digest.update((key + '\0' + value + '\0').getBytes(StandardCharsets.UTF_8));
              }
            });
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private record DigestChannel(MessageDigest digest) implements WritableByteChannel {
    @Override
    public int write(ByteBuffer source) {
      int bytes = source.remaining();
      digest.update(source);
      return bytes;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }
}
