package org.quadralib.io;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;
import org.quadralib.memory.Category;
import org.quadralib.memory.TensorArena;

/**
 * The format of {@code torch.save} since 1.6: a zip archive with {@code NAME/data.pkl}, the value,
 * and {@code NAME/data/KEY}, the storages.
 */
final class PthZip {
  private static final int MAX_ENTRIES = 1 << 20;
  private static final long MAX_PICKLE_BYTES = 64 << 20;
  private static final int BUFFER_BYTES = 1 << 16;

  /** Deflate cannot make a byte out of less than 1/1032 of one. */
  private static final long MAX_RATIO = 1032;

  private PthZip() {}

  /** Reads the value, and the storages that it names. */
  static PthContent read(Source source, Path path, TensorArena arena) throws IOException {
    try (ZipFile zip = new ZipFile(path.toFile())) {
      String prefix = prefix(source, zip);
      Object root = value(source, zip, prefix);
      Map<String, TorchGlobals.Storage> needed = new HashMap<>();
      StateDictionary.find(source, root)
          .values()
          .forEach(view -> needed.put(view.storage().key(), view.storage()));
      Map<String, MemorySegment> storages = new HashMap<>();
      long left = Npz.DEFAULT_MAX_BYTES;
      for (TorchGlobals.Storage storage : needed.values()) {
        ZipEntry entry = entry(source, zip, prefix + "data/" + storage.key());
        left -= entry.getSize();
        if (left < 0) {
          throw source.error(
              where(entry), "with it the tensors take more than 4 GiB", "split the file");
        }
        storages.put(storage.key(), storage(source, zip, entry, storage, arena));
      }
      return new PthContent(
          root, order(source, zip, prefix), storage -> bytes(source, storages, storage));
    } catch (ZipException | EOFException e) {
      FormatException damaged = source.damaged("the zip archive", Reasons.of(e));
      damaged.initCause(e);
      throw damaged;
    }
  }

  private static MemorySegment bytes(
      Source source, Map<String, MemorySegment> storages, TorchGlobals.Storage storage)
      throws FormatException {
    MemorySegment bytes = java.util.Objects.requireNonNull(storages.get(storage.key()));
    if (bytes.byteSize() / storage.encoding().bytes() != storage.elements()) {
      throw source.damaged(
          "storage " + Source.quote(storage.key()), "tensors disagree about its size");
    }
    return bytes;
  }

  private static String prefix(Source source, ZipFile zip) throws FormatException {
    if (zip.size() > MAX_ENTRIES) {
      throw source.damaged("the zip archive", "it has more than " + MAX_ENTRIES + " entries");
    }
    List<String> values =
        zip.stream()
            .map(ZipEntry::getName)
            .filter(name -> name.equals("data.pkl") || name.endsWith("/data.pkl"))
            .toList();
    if (values.size() != 1) {
      throw source.damaged(
          "the zip archive",
          "it has " + values.size() + " entries data.pkl, a file of torch.save has one");
    }
    String name = values.getFirst();
    return name.substring(0, name.length() - "data.pkl".length());
  }

  private static Object value(Source source, ZipFile zip, String prefix) throws IOException {
    ZipEntry entry = entry(source, zip, prefix + "data.pkl");
    if (entry.getSize() > MAX_PICKLE_BYTES) {
      throw source.error(
          where(entry),
          "it has " + entry.getSize() + " bytes",
          "save a model's state_dict() alone");
    }
    try (InputStream in = zip.getInputStream(entry)) {
      byte[] pickle = in.readNBytes((int) entry.getSize());
      Unpickler unpickler = new Unpickler(source, MemorySegment.ofArray(pickle), 0);
      return unpickler.load();
    }
  }

  private static ByteOrder order(Source source, ZipFile zip, String prefix) throws IOException {
    @Nullable ZipEntry entry = zip.getEntry(prefix + "byteorder");
    if (entry == null) {
      return ByteOrder.LITTLE_ENDIAN;
    }
    try (InputStream in = zip.getInputStream(entry)) {
      String name = new String(in.readNBytes(6), StandardCharsets.US_ASCII);
      return switch (name) {
        case "little" -> ByteOrder.LITTLE_ENDIAN;
        case "big" -> ByteOrder.BIG_ENDIAN;
        default -> throw source.damaged(where(entry), "it is neither little nor big");
      };
    }
  }

  private static ZipEntry entry(Source source, ZipFile zip, String name) throws FormatException {
    @Nullable ZipEntry entry = zip.getEntry(name);
    if (entry == null) {
      throw source.damaged("the zip archive", "it has no entry " + Source.quote(name));
    }
    if (entry.getSize() < 0 || entry.getSize() / MAX_RATIO > entry.getCompressedSize()) {
      throw source.damaged(where(entry), "its size cannot be that of its compressed bytes");
    }
    return entry;
  }

  private static MemorySegment storage(
      Source source, ZipFile zip, ZipEntry entry, TorchGlobals.Storage storage, TensorArena arena)
      throws IOException {
    long width = storage.encoding().bytes();
    if (storage.elements() < 0
        || entry.getSize() % width != 0
        || entry.getSize() / width != storage.elements()) {
      throw source.damaged(
          where(entry),
          "it has %d bytes, but its tensors say %d elements of %d bytes"
              .formatted(entry.getSize(), storage.elements(), width));
    }
    MemorySegment bytes =
        arena.allocate("storage " + storage.key(), Map.of(Category.INPUT, entry.getSize()));
    byte[] buffer = new byte[(int) Math.clamp(entry.getSize(), 1, BUFFER_BYTES)];
    long at = 0;
    try (InputStream in = zip.getInputStream(entry)) {
      for (int read; (read = in.read(buffer)) >= 0; at += read) {
        if (read > bytes.byteSize() - at) {
          throw source.damaged(where(entry), "it is longer than the archive says");
        }
        MemorySegment.copy(MemorySegment.ofArray(buffer), 0, bytes, at, read);
      }
    }
    if (at != bytes.byteSize()) {
      throw source.damaged(where(entry), "it is cut short");
    }
    return bytes;
  }

  private static String where(ZipEntry entry) {
    return "entry " + Source.quote(entry.getName());
  }
}
