package org.quadralib.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * The 1,797 handwritten digits of 8 x 8 pixels that come with the library; digits-NOTICE.txt beside
 * the resource says whose they are.
 *
 * <p>Pixels keep their values of 0 to 16, with {@code maxValue() == 16}: they count the set dots of
 * a 4 x 4 block, and stretching them to 255 would round.
 *
 * <p>The set has no official test part here; a fixed stratified fifth, 360 images, serves as one.
 */
final class DigitsSource {
  private static final String RESOURCE = "digits.csv.gz";
  private static final int COUNT = 1797;
  private static final int MAX_VALUE = 16;
  private static final ImageShape SHAPE = new ImageShape(1, 8, 8);
  private static final List<String> CLASS_NAMES =
      List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");

  private DigitsSource() {}

  static DataSplits open(DataOptions options) {
    return Splitting.all("digits", read(), options);
  }

  private static Dataset read() {
    byte[] pixels = new byte[COUNT * SHAPE.size()];
    int[] labels = new int[COUNT];
    MessageDigest digest = Checksums.sha256();
    try (InputStream in = DigitsSource.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new DataException(
            "The resource %s is missing from the library: build it again.".formatted(RESOURCE));
      }
      BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(
                  new GZIPInputStream(new DigestInputStream(in, digest)),
                  StandardCharsets.US_ASCII));
      for (int i = 0; i < COUNT; i++) {
        parse(lines.readLine(), i, pixels, labels);
      }
      in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw new UncheckedIOException("The resource " + RESOURCE + " cannot be read.", e);
    }
    return new InMemoryDataset(
        "digits",
        SHAPE,
        CLASS_NAMES,
        MAX_VALUE,
        MemorySegment.ofArray(pixels),
        labels,
        Checksums.hex(digest));
  }

  private static void parse(String line, int index, byte[] pixels, int[] labels) {
    String[] fields = line.split(",", -1);
    int size = SHAPE.size();
    for (int p = 0; p < size; p++) {
      pixels[index * size + p] = Byte.parseByte(fields[p]);
    }
    labels[index] = Integer.parseInt(fields[size]);
  }
}
