package org.quadralib.data;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Objects;

/** Some examples of another data set, in a given order; the pixels are shared, not copied. */
public final class Subset implements Dataset {
  private final Dataset source;
  private final String name;
  private final int[] indexes;
  private final String checksum;

  /**
   * Chooses examples.
   *
   * @param source the data set to choose from
   * @param name the name of the choice
   * @param indexes the examples of {@code source}; copied, may be empty
   * @throws IndexOutOfBoundsException if an index is not an example of {@code source}
   */
  public Subset(Dataset source, String name, int[] indexes) {
    this.source = Objects.requireNonNull(source);
    this.name = Objects.requireNonNull(name);
    this.indexes = indexes.clone();
    for (int index : this.indexes) {
      Objects.checkIndex(index, source.size());
    }
    this.checksum = checksum(source, this.indexes);
  }

  /** The first examples of a data set, all of them when it has fewer than {@code count}. */
  public static Subset first(Dataset source, int count) {
    int[] indexes = new int[Math.min(count, source.size())];
    for (int i = 0; i < indexes.length; i++) {
      indexes[i] = i;
    }
    return new Subset(source, source.name(), indexes);
  }

  private static String checksum(Dataset source, int[] indexes) {
    MessageDigest digest = Checksums.sha256();
    digest.update(source.checksum().getBytes(StandardCharsets.US_ASCII));
    ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES * indexes.length);
    bytes.asIntBuffer().put(indexes);
    digest.update(bytes);
    return Checksums.hex(digest);
  }

  /** The position in the source of an example of this subset. */
  public int sourceIndex(int index) {
    return indexes[index];
  }

  @Override
  public Dataset source() {
    return source.source();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int size() {
    return indexes.length;
  }

  @Override
  public ImageShape shape() {
    return source.shape();
  }

  @Override
  public List<String> classNames() {
    return source.classNames();
  }

  @Override
  public int label(int index) {
    return source.label(indexes[index]);
  }

  @Override
  public void pixels(int index, byte[] destination) {
    source.pixels(indexes[index], destination);
  }

  @Override
  public int maxValue() {
    return source.maxValue();
  }

  @Override
  public String checksum() {
    return checksum;
  }
}
