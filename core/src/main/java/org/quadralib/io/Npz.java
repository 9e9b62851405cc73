package org.quadralib.io;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.SequencedMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.quadralib.memory.TensorArena;
import org.quadralib.tensor.Tensor;

/**
 * An npz file, NumPy's format for several named arrays: a zip archive of npy arrays, compressed or
 * not. All arrays are read, converted as {@link Npy} does, and owned by this object.
 *
 * <p>Nothing in a file is trusted: the number of arrays and their size are bounded before memory is
 * taken, checksums are verified, and the names, whatever they look like, are only keys.
 */
public final class Npz implements AutoCloseable {
  /** Most arrays in a file. */
  public static final int MAX_ARRAYS = 1 << 16;

  /** Most bytes that {@link #open(Path)} takes for all arrays of a file: 4 GiB. */
  public static final long DEFAULT_MAX_BYTES = 4L << 30;

  private final String name;
  private final TensorArena arena;
  private final SequencedMap<String, Tensor> tensors;

  private Npz(Path path, long maxBytes) throws IOException {
    MappedFile.requireFile(path);
    name = path.toString();
    arena = TensorArena.root(name);
    try (ZipFile zip = new ZipFile(path.toFile())) {
      List<? extends ZipEntry> entries = zip.stream().limit(MAX_ARRAYS + 1L).toList();
      NpzReader reader = new NpzReader(name, arena);
      reader.check(entries, maxBytes);
      for (ZipEntry entry : entries) {
        reader.read(zip, entry);
      }
      tensors = Collections.unmodifiableSequencedMap(reader.tensors());
    } catch (ZipException | EOFException e) {
      arena.close();
      FormatException damaged = new Source(name, "npz").damaged("the zip archive", Reasons.of(e));
      damaged.initCause(e);
      throw damaged;
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  /**
   * Opens a file whose arrays take at most {@link #DEFAULT_MAX_BYTES}.
   *
   * @throws FormatException if the file is damaged, too large or has an unsupported element type
   * @throws IOException if the file cannot be read
   */
  public static Npz open(Path file) throws IOException {
    return open(file, DEFAULT_MAX_BYTES);
  }

  /**
   * Opens a file.
   *
   * @param maxBytes most bytes that its arrays may have in all, uncompressed
   * @throws FormatException if the file is damaged, too large or has an unsupported element type
   * @throws IOException if the file cannot be read
   */
  public static Npz open(Path file, long maxBytes) throws IOException {
    return new Npz(file, maxBytes);
  }

  /** All arrays by name, in the order of the file. */
  public SequencedMap<String, Tensor> tensors() {
    return tensors;
  }

  /**
   * The array of a name.
   *
   * @throws NoSuchElementException if there is none
   */
  public Tensor tensor(String tensorName) {
    Tensor tensor = tensors.get(tensorName);
    if (tensor == null) {
      throw new NoSuchElementException(
          name + " has no array '" + tensorName + "' among its " + tensors.size());
    }
    return tensor;
  }

  /** Frees all arrays. */
  @Override
  public void close() {
    arena.close();
  }

  /**
   * Writes a file, uncompressed, in one step (see {@link AtomicFile}). The same tensors in the same
   * order give the same bytes.
   *
   * @throws IOException if the file cannot be written; what was there before is unchanged
   */
  public static void write(Path file, Map<String, Tensor> tensors) throws IOException {
    AtomicFile.write(file, channel -> NpzWriter.write(channel, tensors));
  }
}
