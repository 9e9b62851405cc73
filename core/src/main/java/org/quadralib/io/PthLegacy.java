package org.quadralib.io;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The format of {@code torch.save} before 1.6: five pickles one after another (a magic number, the
 * version, the machine, the value, the keys of its storages), then each storage as its number of
 * elements, eight bytes little-endian, and the elements.
 */
final class PthLegacy {
  private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
  private static final long VERSION = 1001;
  private static final ValueLayout.OfLong COUNT =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Source source;
  private final MemorySegment file;
  private long position;

  private PthLegacy(Source source, MemorySegment file) {
    this.source = source;
    this.file = file;
  }

  static PthContent read(Source source, MemorySegment file) throws FormatException {
    return new PthLegacy(source, file).read();
  }

  private PthContent read() throws FormatException {
    if (file.byteSize() == 0 || (file.get(ValueLayout.JAVA_BYTE, 0) & 0xff) != 0x80) {
      throw source.damaged("byte 0", "it is neither a zip archive nor a pickle");
    }
    if (!MAGIC.equals(pickle())) {
      throw source.damaged("byte 0", "it is a pickle, but not one that torch.save wrote");
    }
    if (!(pickle() instanceof Long version) || version != VERSION) {
      throw source.damaged("the version", "it is not " + VERSION);
    }
    if (!(pickle() instanceof Map<?, ?> machine)
        || !Boolean.TRUE.equals(machine.get("little_endian"))) {
      throw source.error(
          "the description of the machine",
          "it was not written on a little-endian machine",
          "load it with PyTorch and save it again");
    }
    Object root = pickle();
    if (!(pickle() instanceof List<?> keys)) {
      throw source.damaged("the keys of storages", "they are no list");
    }
    Map<String, Long> starts = new HashMap<>();
    Map<String, Long> counts = new HashMap<>();
    // Where each starts depends on the element size of those before, which the value tells.
    Map<String, Integer> widths = elementBytes(root);
    for (Object key : keys) {
      String name = String.valueOf(key);
      if (!widths.containsKey(name)) {
        throw source.damaged("storage " + Source.quote(name), "no tensor uses it");
      }
      if (file.byteSize() - position < Long.BYTES) {
        throw source.damaged("storage " + Source.quote(name), "the file is cut short");
      }
      long count = file.get(COUNT, position);
      position += Long.BYTES;
      if (count < 0 || count > (file.byteSize() - position) / widths.get(name)) {
        throw source.damaged("storage " + Source.quote(name), "the file is cut short");
      }
      starts.put(name, position);
      counts.put(name, count);
      position += count * widths.get(name);
    }
    return new PthContent(
        root,
        ByteOrder.LITTLE_ENDIAN,
        storage -> {
          Long start = starts.get(storage.key());
          if (start == null
              || counts.getOrDefault(storage.key(), -1L) != storage.elements()
              || widths.getOrDefault(storage.key(), 0) != storage.encoding().bytes()) {
            throw source.damaged(
                "storage " + Source.quote(storage.key()),
                "it is missing or has another number of elements than its tensors say");
          }
          return file.asSlice(start, storage.elements() * storage.encoding().bytes());
        });
  }

  private Object pickle() throws FormatException {
    Unpickler unpickler = new Unpickler(source, file, position);
    Object value = unpickler.load();
    position = unpickler.position();
    return value;
  }

  private static Map<String, Integer> elementBytes(Object root) {
    Map<String, Integer> bytes = new HashMap<>();
    StateDictionary.forEachView(
        root, view -> bytes.put(view.storage().key(), view.storage().encoding().bytes()));
    return bytes;
  }
}
