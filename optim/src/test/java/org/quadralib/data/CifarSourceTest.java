package org.quadralib.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.quadralib.data.TestData.assertDataError;
import static org.quadralib.data.TestData.pixels;
import static org.quadralib.data.TestData.write;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CifarSourceTest {
  private static final int PIXELS = 3 * 32 * 32;

  @TempDir Path dir;

  /** Records of one or two label bytes (the coarse one 19) and random pixels. */
  private static byte[] records(int count, int labelBytes, int firstLabel, int classes) {
    int size = labelBytes + PIXELS;
    byte[] bytes = new byte[count * size];
    new Random(firstLabel).nextBytes(bytes);
    for (int i = 0; i < count; i++) {
      bytes[i * size] = 19;
      bytes[i * size + labelBytes - 1] = (byte) ((firstLabel + i) % classes);
    }
    return bytes;
  }

  private void writeCifar10(Path folder) {
    for (int b = 1; b <= 5; b++) {
      write(folder.resolve("data_batch_" + b + ".bin"), records(4, 1, b, 10));
    }
    write(folder.resolve("test_batch.bin"), records(3, 1, 0, 10));
  }

  private final List<String> warnings = new ArrayList<>();

  private final DataOptions options =
      DataOptions.defaults()
          .withValidation(0)
          .withProgress(
              new DataOptions.Progress() {
                @Override
                public void update(String what, long done, long total) {}

                @Override
                public void warning(String sentence) {
                  warnings.add(sentence);
                }
              });

  private DataSplits open() {
    return Datasets.open("cifar10", dir, options);
  }

  @Test
  void readsFiveBatchesInOrder() {
    writeCifar10(dir.resolve("cifar-10-batches-bin"));
    DataSplits splits = open();
    assertEquals(20, splits.train().size());
    assertEquals(3, splits.test().size());
    assertEquals("frog", splits.train().classNames().get(6));
    assertEquals(4, splits.train().label(9)); // the second of batch 3
    byte[] third = records(4, 1, 3, 10);
    assertArrayEquals(
        Arrays.copyOfRange(third, PIXELS + 2, 2 * (PIXELS + 1)), pixels(splits.train(), 9));
  }

  @Test
  void readsTheFineLabelsOfCifar100() {
    write(dir.resolve("train.bin"), records(100, 2, 0, 100));
    write(dir.resolve("test.bin"), records(5, 2, 95, 100));
    DataSplits splits = Datasets.open("cifar100", dir, options);
    assertEquals(100, splits.train().classNames().size());
    assertEquals("worm", splits.train().classNames().get(99));
    assertEquals(99, splits.test().label(4));
    byte[] test = records(5, 2, 95, 100);
    assertArrayEquals(Arrays.copyOfRange(test, 2, 2 + PIXELS), pixels(splits.test(), 0));
  }

  @Test
  void saysWhatToFetchWhenMissing() {
    assertDataError(this::open, "CIFAR-10 was not found", "cifar-10-binary.tar.gz", "--data-dir");
  }

  @Test
  void namesAMissingBatch() throws IOException {
    writeCifar10(dir);
    Files.delete(dir.resolve("data_batch_4.bin"));
    assertDataError(this::open, "data_batch_4.bin is missing");
  }

  @Test
  void refusesWhatIsNotWholeRecords() {
    writeCifar10(dir);
    byte[] whole = records(4, 1, 1, 10);
    write(dir.resolve("data_batch_1.bin"), Arrays.copyOf(whole, whole.length - 1));
    assertDataError(this::open, "data_batch_1.bin", "whole number of records");
    write(dir.resolve("data_batch_1.bin"), Arrays.copyOf(whole, whole.length + 7));
    assertDataError(this::open, "data_batch_1.bin", "whole number of records");
    write(dir.resolve("data_batch_1.bin"), new byte[0]);
    assertDataError(this::open, "data_batch_1.bin", "empty");
  }

  @Test
  void warnsOfPartsWithFewerImagesThanPublished() {
    writeCifar10(dir);
    write(dir.resolve("test_batch.bin"), records(10_000, 1, 0, 10));
    open();
    assertEquals(1, warnings.size(), warnings::toString);
    assertTrue(
        warnings
            .getFirst()
            .startsWith("cifar10/train in " + dir + " has 20 images, published are 50000"),
        warnings::toString);
  }

  @Test
  void refusesLabelsThatAreNoClass() {
    writeCifar10(dir);
    byte[] bytes = records(4, 1, 1, 10);
    bytes[2 * (PIXELS + 1)] = (byte) 200;
    write(dir.resolve("data_batch_2.bin"), bytes);
    assertDataError(this::open, "data_batch_2.bin", "record 2", "label 200");

    byte[] coarse = records(3, 2, 0, 100);
    coarse[0] = 20;
    write(dir.resolve("train.bin"), coarse);
    write(dir.resolve("test.bin"), coarse);
    assertDataError(
        () -> Datasets.open("cifar100", dir, options), "record 0", "label 20", "20 classes");
  }
}
