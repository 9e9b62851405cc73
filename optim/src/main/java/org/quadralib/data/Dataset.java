package org.quadralib.data;

import java.util.List;

/**
 * A fixed, ordered collection of labelled images of one shape.
 *
 * <p>Reading is safe from several threads at once: a {@link DataLoader} does so.
 */
public interface Dataset {

  /** A short name for reports, such as {@code cifar10/train}. */
  String name();

  /** The data set that its pixels are in: itself, or the one that it chooses from. */
  default Dataset source() {
    return this;
  }

  /** Bytes of pixels that it holds in memory itself. */
  default long heldBytes() {
    return 0;
  }

  /** Number of examples. */
  int size();

  /** The shape of every image. */
  ImageShape shape();

  /** The names of the classes; a label is a position in this list. */
  List<String> classNames();

  /**
   * The class of an example, from 0 to {@code classNames().size() - 1}.
   *
   * @throws IndexOutOfBoundsException if there is no such example
   */
  int label(int index);

  /**
   * Copies the pixels of an example, unsigned bytes of 0 to {@link #maxValue()} in the order
   * [channel, row, column].
   *
   * @param index the example
   * @param destination receives {@code shape().size()} bytes from its start
   * @throws IndexOutOfBoundsException if there is no such example or no room for it
   */
  void pixels(int index, byte[] destination);

  /**
   * The pixel value that stands for full intensity. A loader divides by it, so that an image lies
   * in 0..1 whatever its source: 16 for the digits, 255 for everything else.
   */
  default int maxValue() {
    return 255;
  }

  /**
   * A fingerprint of the source, for the manifest of a run: SHA-256 in lower-case hexadecimal.
   * Equal fingerprints mean the same examples in the same order. It is computed while the source is
   * read, or once, and costs nothing to ask for.
   */
  String checksum();
}
