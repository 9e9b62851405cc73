package org.quadralib.samples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.quadralib.checkpoint.RunLock;

/** The folder of an automatic build that could not begin. */
final class UnstartedBuild {
  /** What is there before anything was trained. */
  private static final Set<String> BEFORE =
      Set.of(BuildFile.NAME, RunLock.FILE, "imported.yaml", "imported.safetensors");

  private UnstartedBuild() {}

  /**
   * Removes the folder if nothing was trained in it, so that the same command can be given again,
   * corrected. Empty folders in it count as nothing.
   */
  static void remove(Path folder) throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.walk(folder)) {
      all = files.sorted(Comparator.reverseOrder()).toList();
    }
    boolean nothing =
        all.stream()
            .filter(Files::isRegularFile)
            .allMatch(
                file ->
                    folder.equals(file.getParent())
                        && BEFORE.contains(file.getFileName().toString()));
    if (nothing) {
      for (Path file : all) {
        Files.delete(file);
      }
    }
  }
}
