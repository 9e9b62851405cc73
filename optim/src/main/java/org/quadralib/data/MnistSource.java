package org.quadralib.data;

import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** MNIST and Fashion-MNIST: four idx files, plain or gzip. */
final class MnistSource {
  private static final List<String> DIGITS =
      List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
  private static final List<String> CLOTHES =
      List.of(
          "T-shirt/top",
          "Trouser",
          "Pullover",
          "Dress",
          "Coat",
          "Sandal",
          "Shirt",
          "Sneaker",
          "Bag",
          "Ankle boot");

  private MnistSource() {}

  static DataSplits openMnist(@Nullable Path given, DataOptions options) {
    Path folder =
        DataFolders.find(
            "MNIST",
            given,
            List.of("mnist", "MNIST", "MNIST/raw"),
            names("train-images", "idx3"),
            "put the four files train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz,"
                + " t10k-images-idx3-ubyte.gz and t10k-labels-idx1-ubyte.gz into one folder and"
                + " give "
                + Datasets.FOLDER_FLAG
                + ".");
    return open("mnist", folder, DIGITS, options);
  }

  static DataSplits openFashionMnist(@Nullable Path given, DataOptions options) {
    Path folder =
        DataFolders.find(
            "Fashion-MNIST",
            given,
            List.of("fashion-mnist", "FashionMNIST", "FashionMNIST/raw"),
            names("train-images", "idx3"),
            "install it (Debian: apt-get install dataset-fashion-mnist), or give the folder of its"
                + " idx files with "
                + Datasets.FOLDER_FLAG
                + ".");
    return open("fashion-mnist", folder, CLOTHES, options);
  }

  private static DataSplits open(
      String name, Path folder, List<String> classNames, DataOptions options) {
    Dataset train = read(name + "/train", folder, "train", classNames);
    Dataset test = read(name + "/test", folder, "t10k", classNames);
    return Splitting.withValidation(name, train, test, options);
  }

  private static Dataset read(String name, Path folder, String part, List<String> classNames) {
    MessageDigest digest = Checksums.sha256();
    Path imagesPath = file(folder, part + "-images", "idx3");
    Path labelsPath = file(folder, part + "-labels", "idx1");
    IdxFile.Images images = IdxFile.readImages(imagesPath, digest);
    int[] labels = IdxFile.readLabels(labelsPath, digest, classNames.size());
    if (images.count() != labels.length) {
      throw new DataException(
          "%s has %d images, but %s has %d labels: they belong to different data sets."
              .formatted(imagesPath, images.count(), labelsPath, labels.length));
    }
    return new InMemoryDataset(
        name, images.shape(), classNames, 255, images.pixels(), labels, Checksums.hex(digest));
  }

  private static Path file(Path folder, String stem, String kind) {
    List<String> names = names(stem, kind);
    Path file = DataFolders.firstExisting(folder, names);
    if (file == null) {
      throw new DataException(
          "%s is missing in %s: fetch the data set again.".formatted(names.getFirst(), folder));
    }
    return file;
  }

  /** Both spellings in circulation, compressed or not. */
  private static List<String> names(String stem, String kind) {
    return List.of(
        stem + "-" + kind + "-ubyte.gz",
        stem + "-" + kind + "-ubyte",
        stem + "." + kind + "-ubyte.gz",
        stem + "." + kind + "-ubyte");
  }
}
