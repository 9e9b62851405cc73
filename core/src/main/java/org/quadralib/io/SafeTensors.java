package org.quadralib.io;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.SequencedMap;
import org.quadralib.tensor.Tensor;

/**
 * A safetensors file: tensors are read-only views of the mapped file, gone when it is closed. They
 * need not be aligned to their elements. Opening reads the header only, unless the file has the
 * checksums of {@link #writeWithChecksums}: then it reads everything once and compares.
 *
 * <p>Nothing in a file is trusted: everything its header says is checked before use, and memory
 * stays in proportion to the size of the file. The file must not be cut short while it is open;
 * replacing it as {@link AtomicFile} does is safe.
 */
public final class SafeTensors implements AutoCloseable {
  private final MappedFile file;
  private final String name;
  private final SequencedMap<String, Tensor> tensors;
  private final SequencedMap<String, String> metadata;

  private SafeTensors(Path path, boolean widen) throws IOException {
    file = MappedFile.open(path);
    name = path.toString();
    try {
      MemorySegment bytes = file.bytes();
      Source source = new Source(name, "safetensors");
      SafeTensorsHeader header = SafeTensorsHeader.read(source, bytes, widen);
      Checksums.check(source, header.metadata(), bytes.asSlice(header.dataStart()));
      SequencedMap<String, Tensor> views = LinkedHashMap.newLinkedHashMap(header.entries().size());
      header
          .entries()
          .forEach(
              (key, entry) -> {
                MemorySegment data =
                    bytes.asSlice(header.dataStart() + entry.begin(), entry.end() - entry.begin());
                views.put(key, entry.array().tensor(key, data, file.converted()));
              });
      tensors = Collections.unmodifiableSequencedMap(views);
      metadata = Collections.unmodifiableSequencedMap(header.metadata());
    } catch (FormatException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /**
   * Opens a file whose tensors are F32, F64, I32 or I64.
   *
   * @throws FormatException if the file is damaged, or a tensor has another element type
   * @throws IOException if the file cannot be read
   */
  public static SafeTensors open(Path file) throws IOException {
    return new SafeTensors(file, false);
  }

  /**
   * Opens a file, widening what tensors cannot hold as it is: F16 and BF16 become float32; BOOL,
   * U8, I8, U16 and I16 become int32; U32 becomes int64. Values stay exact. Those tensors are
   * copies; the others are views still.
   *
   * @throws FormatException if the file is damaged, or a tensor has yet another element type
   * @throws IOException if the file cannot be read
   */
  public static SafeTensors openWidening(Path file) throws IOException {
    return new SafeTensors(file, true);
  }

  /** All tensors by name, in the order of their data in the file. */
  public SequencedMap<String, Tensor> tensors() {
    return tensors;
  }

  /**
   * The tensor of a name.
   *
   * @throws NoSuchElementException if there is none
   */
  public Tensor tensor(String tensorName) {
    Tensor tensor = tensors.get(tensorName);
    if (tensor == null) {
      throw new NoSuchElementException(
          name + " has no tensor '" + tensorName + "' among its " + tensors.size());
    }
    return tensor;
  }

  /** Free text by key, empty if the file has none. */
  public SequencedMap<String, String> metadata() {
    return metadata;
  }

  /** Unmaps the file; its tensors cannot be used any more. */
  @Override
  public void close() {
    file.close();
  }

  /**
   * Writes a file in one step, see {@link AtomicFile}. The bytes are those that the safetensors
   * library would write: its order of tensors, whatever the order given, and its padding.
   *
   * @param metadata free text by key, written in its order; left out if empty. If it has checksums,
   *     as {@link #writeWithChecksums} adds them, they are made anew.
   * @throws IllegalArgumentException if a tensor is named {@code __metadata__}, or if the names and
   *     metadata take more than the 100 MB that the format allows
   * @throws IOException if the file cannot be written; what was there before is unchanged
   */
  public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata)
      throws IOException {
    AtomicFile.write(file, new SafeTensorsWriter(tensors, metadata, false)::writeTo);
  }

  /**
   * Writes a file as {@link #write} does, with checksums of data and metadata among its metadata:
   * opening it again fails if a single bit has changed. Other programs read it as any other file.
   *
   * @throws IllegalArgumentException as {@link #write}
   * @throws IOException if the file cannot be written; what was there before is unchanged
   */
  public static void writeWithChecksums(
      Path file, Map<String, Tensor> tensors, Map<String, String> metadata) throws IOException {
    AtomicFile.write(file, new SafeTensorsWriter(tensors, metadata, true)::writeTo);
  }

  /** Writes a file without metadata. */
  public static void write(Path file, Map<String, Tensor> tensors) throws IOException {
    write(file, tensors, Map.of());
  }
}
