package org.quadralib.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * CIFAR-10 and CIFAR-100 in their binary version: records of one label byte (CIFAR-100: the coarse
 * label, then the fine one, which is used) and 3,072 pixel bytes, a red, a green and a blue plane.
 */
final class CifarSource {
  private static final ImageShape SHAPE = new ImageShape(3, 32, 32);
  private static final List<String> CIFAR10_CLASSES =
      List.of(
          "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");
  private static final int CIFAR100_COARSE_CLASSES = 20;
  private static final int TRAIN_IMAGES = 50_000;
  private static final int TEST_IMAGES = 10_000;

  private CifarSource() {}

  static DataSplits openCifar10(@Nullable Path given, DataOptions options) {
    Path folder = find("CIFAR-10", given, "cifar-10-batches-bin", "data_batch_1.bin", "10");
    List<Path> train =
        List.of(
            folder.resolve("data_batch_1.bin"),
            folder.resolve("data_batch_2.bin"),
            folder.resolve("data_batch_3.bin"),
            folder.resolve("data_batch_4.bin"),
            folder.resolve("data_batch_5.bin"));
    List<Path> test = List.of(folder.resolve("test_batch.bin"));
    return splits(
        "cifar10",
        folder,
        read("cifar10/train", train, CIFAR10_CLASSES, 1),
        read("cifar10/test", test, CIFAR10_CLASSES, 1),
        options);
  }

  static DataSplits openCifar100(@Nullable Path given, DataOptions options) {
    Path folder = find("CIFAR-100", given, "cifar-100-binary", "train.bin", "100");
    List<String> classes = cifar100Classes();
    return splits(
        "cifar100",
        folder,
        read("cifar100/train", List.of(folder.resolve("train.bin")), classes, 2),
        read("cifar100/test", List.of(folder.resolve("test.bin")), classes, 2),
        options);
  }

  private static DataSplits splits(
      String name, Path folder, Dataset train, Dataset test, DataOptions options) {
    warnIfIncomplete(train, TRAIN_IMAGES, folder, options);
    warnIfIncomplete(test, TEST_IMAGES, folder, options);
    return Splitting.withValidation(name, train, test, options);
  }

  /** Files cut between two records look whole. It is no error: a part is useful for trials. */
  private static void warnIfIncomplete(
      Dataset part, int published, Path folder, DataOptions options) {
    if (part.size() != published) {
      options
          .progress()
          .warning(
              "%s in %s has %d images, published are %d: fetch it again, unless it was cut on purpose."
                  .formatted(part.name(), folder, part.size(), published));
    }
  }

  private static Path find(
      String name, @Nullable Path given, String subfolder, String file, String number) {
    return DataFolders.find(
        name,
        given,
        List.of(subfolder, "cifar" + number, "cifar" + number + "/" + subfolder),
        List.of(file),
        "unpack its binary version, cifar-%s-binary.tar.gz (not the Python or Matlab one), and give the folder %s with %s."
            .formatted(number, subfolder, Datasets.FOLDER_FLAG));
  }

  private static Dataset read(
      String name, List<Path> files, List<String> classNames, int labelBytes) {
    int recordBytes = labelBytes + SHAPE.size();
    int[] counts = new int[files.size()];
    long records = 0;
    for (int f = 0; f < counts.length; f++) {
      counts[f] = countRecords(files.get(f), recordBytes);
      records += counts[f];
    }
    MemorySegment pixels = PixelMemory.allocate(name, records, SHAPE);
    int[] labels = new int[Math.toIntExact(records)];
    MessageDigest digest = Checksums.sha256();
    byte[] record = new byte[recordBytes];
    int next = 0;
    for (int f = 0; f < counts.length; f++) {
      Path path = files.get(f);
      try (SourceFile file = SourceFile.open(path, digest)) {
        for (int i = 0; i < counts[f]; i++, next++) {
          file.read(record, recordBytes);
          labels[next] = label(path, i, record, labelBytes, classNames.size());
          MemorySegment.copy(
              record,
              labelBytes,
              pixels,
              ValueLayout.JAVA_BYTE,
              (long) next * SHAPE.size(),
              SHAPE.size());
        }
        file.expectEnd();
      }
    }
    return new InMemoryDataset(name, SHAPE, classNames, 255, pixels, labels, Checksums.hex(digest));
  }

  private static int countRecords(Path file, int recordBytes) {
    long size = SourceFile.checkedSize(file, SourceFile.MAX_FILE_BYTES);
    if (size % recordBytes != 0) {
      throw new DataException(
          "%s has %d bytes, not a whole number of records of %d: it is truncated or not the binary version; fetch it again."
              .formatted(file, size, recordBytes));
    }
    return (int) (size / recordBytes); // a file has at most 2 GiB
  }

  private static int label(Path file, int index, byte[] record, int labelBytes, int classes) {
    int label = Byte.toUnsignedInt(record[labelBytes - 1]);
    boolean coarseIsValid =
        labelBytes == 1 || Byte.toUnsignedInt(record[0]) < CIFAR100_COARSE_CLASSES;
    if (label >= classes || !coarseIsValid) {
      throw new DataException(
          "%s: record %d has the label %d, but there are %d classes: the file is damaged or of another data set."
              .formatted(
                  file,
                  index,
                  coarseIsValid ? label : record[0] & 0xff,
                  coarseIsValid ? classes : CIFAR100_COARSE_CLASSES));
    }
    return label;
  }

  private static List<String> cifar100Classes() {
    try (InputStream in = CifarSource.class.getResourceAsStream("cifar100-classes.txt")) {
      if (in == null) {
        throw new DataException(
            "The resource cifar100-classes.txt is missing from the library: build it again.");
      }
      return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException("The resource cifar100-classes.txt cannot be read.", e);
    }
  }
}
