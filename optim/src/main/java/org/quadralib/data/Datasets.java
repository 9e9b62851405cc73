package org.quadralib.data;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quadralib.names.Suggestions;

/** Opens the data sets that the library knows by name. */
public final class Datasets {
  /** How an error tells the user to name a folder. */
  static final String FOLDER_FLAG = "--data-dir DIR";

  private static final List<String> NAMES =
      List.of("digits", "mnist", "fashion-mnist", "cifar10", "cifar100", "folder");

  private Datasets() {}

  /** The names that {@link #open} knows. */
  public static List<String> names() {
    return NAMES;
  }

  /**
   * Opens a data set and reads it into memory.
   *
   * <ul>
   *   <li>{@code digits}: 1,797 grey 8 x 8 images that come with the library; needs no folder.
   *   <li>{@code mnist}, {@code fashion-mnist}: idx files, plain or gzip.
   *   <li>{@code cifar10}, {@code cifar100}: the binary version.
   *   <li>{@code folder}: image files as {@code train/CLASS/*} and {@code test/CLASS/*}, or as
   *       {@code CLASS/*}, of which a fixed fifth becomes the test part.
   * </ul>
   *
   * @param name one of {@link #names()}
   * @param directory the folder of its files; null looks in {@code data}, {@code
   *     ~/.quadralib/data}, {@code /usr/share/datasets} and {@code /usr/local/share/datasets}
   * @param options how to open it
   * @throws DataException if the name is not known, or the files are missing or damaged
   */
  public static DataSplits open(String name, @Nullable Path directory, DataOptions options) {
    return switch (name) {
      case "digits" -> DigitsSource.open(options);
      case "mnist" -> MnistSource.openMnist(directory, options);
      case "fashion-mnist" -> MnistSource.openFashionMnist(directory, options);
      case "cifar10" -> CifarSource.openCifar10(directory, options);
      case "cifar100" -> CifarSource.openCifar100(directory, options);
      case "folder" -> ImageFolderSource.open(directory, options);
      default -> throw unknown(name);
    };
  }

  private static DataException unknown(String name) {
    return new DataException(
        "There is no data set '%s'%s: the names are %s."
            .formatted(name, Suggestions.didYouMean(name, NAMES), String.join(", ", NAMES)));
  }
}
