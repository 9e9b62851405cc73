package org.quadralib.io;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.quadralib.memory.Bytes;
import org.quadralib.memory.Category;
import org.quadralib.memory.TensorArena;
import org.quadralib.tensor.Tensor;

/** Reads the arrays of an npz archive into an arena. */
final class NpzReader {
  private static final String SUFFIX = ".npy";
  private static final int BUFFER_BYTES = 1 << 16;

  /** Deflate cannot make a byte out of less than 1/1032 of one. */
  private static final long MAX_RATIO = 1032;

  private final String file;
  private final Source archive;
  private final TensorArena arena;
  private final SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();

  NpzReader(String file, TensorArena arena) {
    this.file = file;
    this.archive = new Source(file, "npz");
    this.arena = arena;
  }

  /** What was read so far. */
  SequencedMap<String, Tensor> tensors() {
    return tensors;
  }

  /** Refuses an archive by its directory, before any memory is taken for its arrays. */
  void check(List<? extends ZipEntry> entries, long maxBytes) throws FormatException {
    if (entries.size() > Npz.MAX_ARRAYS) {
      throw archive.error(
          "the zip archive",
          "it has more than " + Npz.MAX_ARRAYS + " entries",
          "split it into several files");
    }
    Set<String> names = new HashSet<>();
    long total = 0;
    for (ZipEntry entry : entries) {
      if (!names.add(entry.getName())) {
        throw archive.damaged(where(entry), "the archive has it twice");
      }
      if (!entry.getName().endsWith(SUFFIX)) {
        throw archive.error(
            where(entry), "its name does not end in .npy", "remove what is not an array");
      }
      long size = entry.getSize();
      if (size < 0 || size / MAX_RATIO > entry.getCompressedSize()) {
        throw archive.damaged(
            where(entry),
            "%d compressed bytes cannot hold the %d bytes they are said to hold"
                .formatted(entry.getCompressedSize(), size));
      }
      if (size > maxBytes - total) {
        throw archive.error(
            where(entry),
            "with it the arrays take more than the " + Bytes.format(maxBytes) + " allowed",
            "open the file with a higher limit if you trust it");
      }
      total += size;
    }
  }

  /** Reads one array. */
  void read(ZipFile zip, ZipEntry entry) throws IOException {
    String name = name(entry);
    Source source = new Source(file + ", " + where(entry), "npz");
    CRC32 checksum = new CRC32();
    try (InputStream in = new CheckedInputStream(zip.getInputStream(entry), checksum)) {
      StoredArray array = readHeader(source, in, entry.getSize());
      tensors.put(name, readData(array, name, in));
      if (in.read() >= 0) {
        throw source.damaged("the data", "there is more of it than the archive says");
      }
    }
    if (checksum.getValue() != entry.getCrc()) {
      throw source.damaged("the data", "its checksum is wrong");
    }
  }

  private static StoredArray readHeader(Source source, InputStream in, long size)
      throws IOException {
    byte[] prefix = in.readNBytes(NpyHeader.PREFIX_BYTES);
    int length =
        NpyHeader.length(
            source,
            MemorySegment.ofArray(prefix),
            prefix.length < NpyHeader.PREFIX_BYTES ? prefix.length : size);
    byte[] header = new byte[length];
    System.arraycopy(prefix, 0, header, 0, Math.min(prefix.length, length));
    if (in.readNBytes(header, prefix.length, length - prefix.length) < length - prefix.length) {
      throw new EOFException("the header of an array is cut short");
    }
    StoredArray array = NpyHeader.read(source, MemorySegment.ofArray(header));
    Npy.requireData(source, array, size - length);
    return array;
  }

  private Tensor readData(StoredArray array, String name, InputStream in) throws IOException {
    if (array.isView()) {
      Tensor tensor = arena.allocate(name, Category.INPUT, array.type());
      fill(tensor.segment(), in);
      return tensor;
    }
    try (TensorArena scratch = arena.child("conversion")) {
      MemorySegment bytes = scratch.allocate(name, Map.of(Category.WORKSPACE, array.bytes()));
      fill(bytes, in);
      return array.tensor(name, bytes, arena);
    }
  }

  private static void fill(MemorySegment target, InputStream in) throws IOException {
    byte[] buffer = new byte[(int) Math.min(BUFFER_BYTES, target.byteSize())];
    long at = 0;
    while (at < target.byteSize()) {
      int read = in.read(buffer, 0, (int) Math.min(buffer.length, target.byteSize() - at));
      if (read < 0) {
        throw new EOFException("the data of an array is cut short");
      }
      MemorySegment.copy(MemorySegment.ofArray(buffer), 0, target, at, read);
      at += read;
    }
  }

  private static String name(ZipEntry entry) {
    return entry.getName().substring(0, entry.getName().length() - SUFFIX.length());
  }

  private static String where(ZipEntry entry) {
    return "entry " + Source.quote(entry.getName());
  }
}
