package org.quadralib.golden;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.quadralib.io.SafeTensors;
import org.quadralib.tensor.Tensor;

/** Reference numbers for tests, see {@code golden/README.md} among the test resources. */
public final class Golden {
  private static final Map<String, SafeTensors> OPEN = new ConcurrentHashMap<>();

  private Golden() {}

  /**
   * The tensors of a golden file, read-only, for as long as the JVM runs.
   *
   * @param name without its ending: {@code conv}, {@code dense}, {@code ops}, {@code
   *     qresnet14-random} or {@code qresnet14-train}
   */
  public static Map<String, Tensor> open(String name) {
    return OPEN.computeIfAbsent(name, Golden::load).tensors();
  }

  /** Copies a golden file into a folder, for tests of what reads files. */
  public static Path copy(String name, Path folder) throws IOException {
    return copyFile(name + ".safetensors", folder);
  }

  /** Copies a golden file of any kind into a folder; the name has its ending. */
  public static Path copyFile(String name, Path folder) throws IOException {
    String resource = "/golden/" + name;
    Path file = folder.resolve(name);
    try (InputStream in = Golden.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new FileNotFoundException("no golden file " + resource + " on the class path");
      }
      Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
    }
    return file;
  }

  // The resource may be in a jar, which cannot be mapped.
  private static SafeTensors load(String name) {
    try {
      Path folder = Files.createTempDirectory("quadralib-golden-");
      folder.toFile().deleteOnExit();
      Path file = copy(name, folder);
      file.toFile().deleteOnExit();
      return SafeTensors.open(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
