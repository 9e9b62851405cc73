package org.quadralib.io;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.zip.ZipFile;
import org.quadralib.tensor.Tensor;

/**
 * Named tensors in a file of any format that the library reads: safetensors, npz, and the two
 * formats of PyTorch. What the file is, its bytes say, not its name.
 */
public final class TensorFile implements AutoCloseable {
  private final AutoCloseable file;
  private final SequencedMap<String, Tensor> tensors;
  private final SequencedMap<String, String> metadata;

  private TensorFile(
      AutoCloseable file,
      SequencedMap<String, Tensor> tensors,
      SequencedMap<String, String> metadata) {
    this.file = file;
    this.tensors = tensors;
    this.metadata = metadata;
  }

  /**
   * Opens a file; element types are widened as {@link SafeTensors#openWidening} does.
   *
   * @throws FormatException if it is damaged or of none of these formats
   * @throws IOException if it cannot be read
   */
  public static TensorFile open(Path path) throws IOException {
    if (isNpz(path)) {
      Npz npz = Npz.open(path);
      return new TensorFile(npz, npz.tensors(), none());
    }
    if (isPth(path)) {
      Pth pth = Pth.open(path);
      return new TensorFile(pth, pth.tensors(), none());
    }
    requireSafeTensors(path);
    SafeTensors safe = SafeTensors.openWidening(path);
    return new TensorFile(safe, safe.tensors(), safe.metadata());
  }

  private static SequencedMap<String, String> none() {
    return Collections.unmodifiableSequencedMap(new LinkedHashMap<>());
  }

  private static boolean isNpz(Path path) throws IOException {
    if (!startsLikeZip(path)) {
      return false;
    }
    try (ZipFile zip = new ZipFile(path.toFile())) {
      return zip.stream().anyMatch(entry -> entry.getName().endsWith(".npy"));
    } catch (java.util.zip.ZipException e) {
      return path.toString().endsWith(".npz"); // whoever opens it next says what is wrong with it
    }
  }

  private static boolean isPth(Path path) throws IOException {
    try (MappedFile file = MappedFile.open(path)) {
      MemorySegment bytes = file.bytes();
      return Pth.isZip(bytes) || (Pth.isPickle(bytes) && !isSafeTensors(bytes));
    }
  }

  /** Whether a JSON object follows the eight bytes of a length, as in no file of PyTorch. */
  private static boolean isSafeTensors(MemorySegment bytes) {
    return bytes.byteSize() > SafeTensorsHeader.LENGTH_BYTES
        && bytes.get(ValueLayout.JAVA_BYTE, SafeTensorsHeader.LENGTH_BYTES) == '{';
  }

  private static void requireSafeTensors(Path path) throws IOException {
    try (MappedFile file = MappedFile.open(path)) {
      if (!isSafeTensors(file.bytes())) {
        throw new FormatException(
            path.toString(),
            "byte 0",
            file.bytes().byteSize() == 0
                ? "the file is empty"
                : "the file is neither PyTorch, safetensors nor npz",
            "give weights in PyTorch, safetensors or npz format, or, to a command that takes it, an"
                + " ONNX model whose name ends in .onnx");
      }
    }
  }

  private static boolean startsLikeZip(Path path) throws IOException {
    try (MappedFile file = MappedFile.open(path)) {
      return Pth.isZip(file.bytes());
    }
  }

  /** All tensors by name, in the order of the file. */
  public Map<String, Tensor> tensors() {
    return tensors;
  }

  /** Free text by key, which safetensors files have. */
  public Map<String, String> metadata() {
    return metadata;
  }

  /** Frees or unmaps the tensors. */
  @Override
  public void close() {
    try {
      file.close();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) { // none of the three throws one
      throw new IllegalStateException(e);
    }
  }
}
