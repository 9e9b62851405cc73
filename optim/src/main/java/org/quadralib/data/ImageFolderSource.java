package org.quadralib.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Image files in class folders: {@code DIR/train/CLASS/*} and {@code DIR/test/CLASS/*}, optionally
 * {@code DIR/validation/CLASS/*}; or {@code DIR/CLASS/*}, divided here.
 */
final class ImageFolderSource {
  private ImageFolderSource() {}

  static DataSplits open(@Nullable Path directory, DataOptions options) {
    if (directory == null) {
      throw new DataException(
          "A folder of images was asked for, but no folder given: name it with %s."
              .formatted(Datasets.FOLDER_FLAG));
    }
    if (!Files.isDirectory(directory)) {
      throw new DataException(
          "%s is not a folder: give one that holds train/CLASS/* and test/CLASS/*, or CLASS/*."
              .formatted(directory));
    }
    if (options.imageShape() != null) {
      ImageFiles.requireChannels(options.imageShape());
    }
    if (!Files.isDirectory(directory.resolve("train"))) {
      Dataset all = read("folder", ImageFolder.scan(directory), options.imageShape(), options);
      return Splitting.all("folder", all, options);
    }
    return openParts(directory, options);
  }

  private static DataSplits openParts(Path directory, DataOptions options) {
    if (!Files.isDirectory(directory.resolve("test"))) {
      throw new DataException(
          "%s has a folder train but no folder test: add test/CLASS/*, or give the folder %s to have it divided."
              .formatted(directory, directory.resolve("train")));
    }
    // All parts are listed before any is decoded: a wrong layout shows at once.
    ImageFolder trainFiles = ImageFolder.scan(directory.resolve("train"));
    ImageFolder testFiles = scanLike(trainFiles, directory.resolve("test"));
    Path validationFolder = directory.resolve("validation");
    boolean ownValidation = Files.isDirectory(validationFolder);
    ImageFolder validationFiles =
        ownValidation ? scanLike(trainFiles, validationFolder) : trainFiles;

    Dataset train = read("folder/train", trainFiles, options.imageShape(), options);
    // The first part decides the shape of the others.
    Dataset test = read("folder/test", testFiles, train.shape(), options);
    if (!ownValidation) {
      return Splitting.withValidation("folder", train, test, options);
    }
    return new DataSplits(
        train, read("folder/validation", validationFiles, train.shape(), options), test);
  }

  private static ImageFolder scanLike(ImageFolder train, Path folder) {
    ImageFolder part = ImageFolder.scan(folder);
    if (!part.classNames().equals(train.classNames())) {
      List<String> strange =
          part.classNames().stream().filter(name -> !train.classNames().contains(name)).toList();
      List<String> missing =
          train.classNames().stream().filter(name -> !part.classNames().contains(name)).toList();
      throw new DataException(
          "%s does not have the classes of the training images (unknown: %s; missing: %s): use the same class folders."
              .formatted(folder, strange, missing));
    }
    return part;
  }

  private static Dataset read(
      String name, ImageFolder files, @Nullable ImageShape shape, DataOptions options) {
    return new ImageFolderReader(name, files, shape, options.imageShape() != null).read(options);
  }
}
