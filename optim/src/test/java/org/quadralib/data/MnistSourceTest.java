package org.quadralib.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.quadralib.data.TestData.assertDataError;
import static org.quadralib.data.TestData.gzip;
import static org.quadralib.data.TestData.idx;
import static org.quadralib.data.TestData.pixels;
import static org.quadralib.data.TestData.write;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MnistSourceTest {
  private static final int IMAGES = 0x803;
  private static final int LABELS = 0x801;
  private static final int COUNT = 40;
  private static final int[] DIMENSIONS = {COUNT, 3, 2};
  private static final DataOptions OPTIONS = DataOptions.defaults();

  @TempDir Path dir;
  private final byte[] data = new byte[COUNT * 6];
  private final byte[] labels = new byte[COUNT];

  @BeforeEach
  void writeFiles() {
    new Random(2).nextBytes(data);
    for (int i = 0; i < COUNT; i++) {
      labels[i] = (byte) (i % 10);
    }
    for (String part : new String[] {"train", "t10k"}) {
      write(dir.resolve(part + "-images-idx3-ubyte"), idx(IMAGES, DIMENSIONS, data));
      write(dir.resolve(part + "-labels-idx1-ubyte"), idx(LABELS, new int[] {COUNT}, labels));
    }
  }

  private Path trainImages() {
    return dir.resolve("train-images-idx3-ubyte");
  }

  private Path trainLabels() {
    return dir.resolve("train-labels-idx1-ubyte");
  }

  private DataSplits open() {
    return Datasets.open("mnist", dir, OPTIONS);
  }

  private void imagesFail(byte[] file, String... parts) {
    write(trainImages(), file);
    assertDataError(this::open, parts);
  }

  @Test
  void readsPlainFiles() {
    DataSplits splits = open();
    assertEquals(36, splits.train().size());
    assertEquals(4, splits.validation().size());
    assertEquals(COUNT, splits.test().size());
    assertEquals(new ImageShape(1, 3, 2), splits.test().shape());
    assertEquals(7, splits.test().label(17));
    assertArrayEquals(Arrays.copyOfRange(data, 17 * 6, 18 * 6), pixels(splits.test(), 17));
  }

  @Test
  void readsGzipFilesAndOtherSpellings() throws IOException {
    DataSplits plain = open();
    Path renamed = dir.resolve("MNIST/raw");
    for (String part : new String[] {"train", "t10k"}) {
      write(renamed.resolve(part + "-images.idx3-ubyte.gz"), gzip(idx(IMAGES, DIMENSIONS, data)));
      // A name that promises gzip for a plain file does not matter.
      write(
          renamed.resolve(part + "-labels.idx1-ubyte.gz"), idx(LABELS, new int[] {COUNT}, labels));
      Files.delete(dir.resolve(part + "-images-idx3-ubyte"));
    }
    DataSplits zipped = open();
    assertArrayEquals(pixels(plain.test(), 9), pixels(zipped.test(), 9));
    assertNotEquals(plain.test().checksum(), zipped.test().checksum()); // of the files as they lie
  }

  @Test
  void saysWhatToInstallWhenMissing() {
    Path empty = dir.resolve("none");
    assertDataError(
        () -> Datasets.open("fashion-mnist", empty, OPTIONS),
        "Fashion-MNIST was not found in",
        "none",
        "dataset-fashion-mnist",
        "--data-dir");
    assertDataError(() -> Datasets.open("mnist", empty, OPTIONS), "train-images-idx3-ubyte.gz");
  }

  @Test
  void namesAMissingPart() throws IOException {
    Files.delete(trainLabels());
    assertDataError(this::open, "train-labels-idx1-ubyte", "is missing");
  }

  @Test
  void refusesTruncatedFiles() {
    byte[] whole = idx(IMAGES, DIMENSIONS, data);
    imagesFail(Arrays.copyOf(whole, whole.length - 1), "train-images", "truncated");
    imagesFail(Arrays.copyOf(whole, 7), "train-images", "truncated");
    byte[] zipped = gzip(whole);
    imagesFail(Arrays.copyOf(zipped, zipped.length - 20), "train-images", "cannot be read");
    imagesFail(Arrays.copyOf(zipped, zipped.length - 3), "train-images", "cannot be read");
    imagesFail(gzip(Arrays.copyOf(whole, whole.length - 1)), "train-images", "truncated");
  }

  @Test
  void refusesFilesThatGoOn() {
    byte[] whole = idx(IMAGES, DIMENSIONS, data);
    imagesFail(Arrays.copyOf(whole, whole.length + 1), "train-images", "goes on");
    imagesFail(gzip(Arrays.copyOf(whole, whole.length + 1)), "train-images", "goes on");
  }

  @Test
  void refusesDamagedHeaders() {
    imagesFail(idx(0x804, DIMENSIONS, data), "0x00000804", "0x00000803");
    imagesFail(idx(IMAGES, new int[] {-1, 3, 2}, data), "4294967295 images");
    imagesFail(idx(IMAGES, new int[] {0, 3, 2}, new byte[0]), "0 images");
    imagesFail(idx(IMAGES, new int[] {COUNT, 0, 2}, data), "0 x 2");
    imagesFail(idx(IMAGES, new int[] {COUNT, 1 << 30, 1 << 30}, data), "cannot be");
    // More than a file of this length can hold, plain or deflated: nothing is allocated.
    imagesFail(idx(IMAGES, new int[] {1 << 26, 28, 28}, data), "more than it can hold");
    imagesFail(gzip(idx(IMAGES, new int[] {1 << 20, 28, 28}, data)), "more than it can hold");
    imagesFail(new byte[0], "empty");
    imagesFail("not an idx file at all".getBytes(), "starts with");
  }

  @Test
  void refusesDamagedGzip() {
    byte[] zipped = gzip(idx(IMAGES, DIMENSIONS, data));
    zipped[zipped.length / 2] ^= 0x55;
    imagesFail(zipped, "train-images");
  }

  @Test
  void refusesLabelsThatAreNoClass() {
    labels[5] = 10;
    write(trainLabels(), idx(LABELS, new int[] {COUNT}, labels));
    assertDataError(this::open, "label 5 is 10", "10 classes");
  }

  @Test
  void refusesDamagedLabelFiles() {
    write(trainLabels(), idx(LABELS, new int[] {0}, new byte[0]));
    assertDataError(this::open, "0 labels");
    write(trainLabels(), idx(LABELS, new int[] {Integer.MAX_VALUE}, labels));
    assertDataError(this::open, "train-labels");
    write(trainLabels(), idx(LABELS, new int[] {COUNT - 1}, Arrays.copyOf(labels, COUNT - 1)));
    assertDataError(this::open, "40 images", "39 labels");
  }

  @Test
  void refusesAFolderInPlaceOfAFile() throws IOException {
    Files.delete(trainImages());
    Files.createDirectory(trainImages());
    assertDataError(this::open, "is not a file");
  }
}
