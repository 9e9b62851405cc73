package org.quadralib.data;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The files of a folder {@code CLASS/*.jpg}, in an order that does not depend on the file system:
 * classes by name, then files by name.
 *
 * @param classNames the names of the class folders
 * @param files all images
 * @param labels the class of each
 */
record ImageFolder(List<String> classNames, List<Path> files, int[] labels) {
  private static final Set<String> EXTENSIONS = Set.of("jpg", "jpeg", "png", "gif", "bmp");
  private static final Set<String> LITTER = Set.of("thumbs.db", "desktop.ini");
  private static final int MAX_FILES = 20_000_000;

  /** Lists a folder of class folders. */
  static ImageFolder scan(Path root) {
    List<String> classNames = new ArrayList<>();
    List<Path> files = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    for (Path folder : children(root)) {
      if (!Files.isDirectory(folder)) {
        continue; // a list of classes, a licence and the like
      }
      int before = files.size();
      for (Path file : children(folder)) {
        files.add(requireImageName(file));
        labels.add(classNames.size());
      }
      if (files.size() == before) {
        throw new DataException(
            "The class folder %s has no images: add some or remove it.".formatted(folder));
      }
      if (files.size() > MAX_FILES) {
        throw new DataException(
            "%s has more than %d images: use fewer.".formatted(root, MAX_FILES));
      }
      classNames.add(folder.getFileName().toString());
    }
    if (files.isEmpty()) {
      throw new DataException(
          "%s has no class folders: put the images of each class into a folder of its name."
              .formatted(root));
    }
    return new ImageFolder(
        List.copyOf(classNames),
        List.copyOf(files),
        labels.stream().mapToInt(Integer::intValue).toArray());
  }

  /** Everything in a folder that is not hidden, by name. */
  private static List<Path> children(Path folder) {
    List<Path> children = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
      for (Path child : stream) {
        String name = child.getFileName().toString();
        if (!name.startsWith(".") && !LITTER.contains(name.toLowerCase(Locale.ROOT))) {
          children.add(child);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      throw new DataException(
          "The folder %s cannot be listed (%s): check that it exists and may be read."
              .formatted(folder, e.getMessage()),
          e);
    }
    children.sort(Comparator.comparing(child -> child.getFileName().toString()));
    return children;
  }

  private static Path requireImageName(Path file) {
    String name = file.getFileName().toString();
    String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    if (!EXTENSIONS.contains(extension)) {
      // Passing over it could leave out half of a data set without a word.
      throw new DataException(
          "%s is not a .jpg, .png, .gif or .bmp file: convert it or move it out of the class folder."
              .formatted(file));
    }
    return file;
  }
}
