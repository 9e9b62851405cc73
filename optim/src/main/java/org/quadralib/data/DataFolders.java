package org.quadralib.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds the folder of a data set: the one given, or the usual ones. */
final class DataFolders {
  private DataFolders() {}

  /**
   * The first folder that holds a file.
   *
   * @param given where the caller says to look, or null for the usual folders
   * @param subfolders names that the data set's own folder may have
   * @param fileNames names that its first file may have
   * @param advice what to do when there is none
   * @throws DataException if there is none
   */
  static Path find(
      String dataset,
      @Nullable Path given,
      List<String> subfolders,
      List<String> fileNames,
      String advice) {
    List<Path> roots = given != null ? List.of(given) : usualRoots();
    for (Path root : roots) {
      for (Path folder : candidates(root, subfolders)) {
        if (firstExisting(folder, fileNames) != null) {
          return folder;
        }
      }
    }
    throw new DataException(
        "%s was not found in %s: %s"
            .formatted(
                dataset,
                roots.stream().map(Path::toString).collect(Collectors.joining(", ")),
                advice));
  }

  /** The first of some files that exists in a folder, or null. */
  static @Nullable Path firstExisting(Path folder, List<String> fileNames) {
    for (String name : fileNames) {
      Path file = folder.resolve(name);
      if (Files.exists(file)) {
        return file;
      }
    }
    return null;
  }

  private static List<Path> candidates(Path root, List<String> subfolders) {
    List<Path> candidates = new ArrayList<>();
    candidates.add(root);
    for (String subfolder : subfolders) {
      candidates.add(root.resolve(subfolder));
    }
    return candidates;
  }

  private static List<Path> usualRoots() {
    List<Path> roots = new ArrayList<>();
    roots.add(Path.of("data"));
    roots.add(Path.of(System.getProperty("user.home", "."), ".quadralib", "data"));
    roots.add(Path.of("/usr/share/datasets")); // where Debian's packages put them
    roots.add(Path.of("/usr/local/share/datasets"));
    return roots;
  }
}
