package org.quadralib.io;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * What a safetensors file says it holds, checked against what it can hold: eight bytes of header
 * length, little-endian; the header, a JSON object; then the data without gap or overlap.
 *
 * @param entries by name, in the order of the data
 * @param dataStart position in the file that the offsets of the entries count from
 */
record SafeTensorsHeader(
    SequencedMap<String, String> metadata, SequencedMap<String, Entry> entries, long dataStart) {

  /** Where a tensor is: {@code [begin, end)}. */
  record Entry(StoredArray array, long begin, long end) {}

  /** The longest header in bytes; the safetensors library has the same bound. */
  static final long MAX_BYTES = 100_000_000;

  /** Name of the entry that is no tensor but free text by key. */
  static final String METADATA = "__metadata__";

  /** Bytes that give the length of the header. */
  static final int LENGTH_BYTES = Long.BYTES;

  private static final ValueLayout.OfLong LENGTH =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Reads and checks the header of a whole file. */
  static SafeTensorsHeader read(Source source, MemorySegment file, boolean widen)
      throws FormatException {
    if (file.byteSize() < LENGTH_BYTES) {
      throw source.damaged(
          "byte 0", "the file has " + file.byteSize() + " bytes, too few for a header length");
    }
    long length = file.get(LENGTH, 0);
    if (length < 0 || length > MAX_BYTES || length > file.byteSize() - LENGTH_BYTES) {
      throw source.damaged(
          "byte 0",
          "the header is said to have "
              + Long.toUnsignedString(length)
              + " bytes in a file of "
              + file.byteSize()
              + (Long.compareUnsigned(length, MAX_BYTES) > 0 ? ", the limit is " + MAX_BYTES : ""));
    }
    long dataStart = LENGTH_BYTES + length;
    MemorySegment text = file.asSlice(LENGTH_BYTES, length);
    SafeTensorsParser parser =
        new SafeTensorsParser(source, new Cursor(source, text, LENGTH_BYTES), widen);
    parser.parse();
    return new SafeTensorsHeader(
        parser.metadata(),
        inDataOrder(source, parser.entries(), file.byteSize() - dataStart),
        dataStart);
  }

  private static SequencedMap<String, Entry> inDataOrder(
      Source source, Map<String, Entry> entries, long dataBytes) throws FormatException {
    List<Map.Entry<String, Entry>> ordered =
        entries.entrySet().stream()
            .sorted(
                Map.Entry.comparingByValue(
                    Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end)))
            .toList();
    SequencedMap<String, Entry> result = LinkedHashMap.newLinkedHashMap(entries.size());
    long end = 0;
    for (Map.Entry<String, Entry> next : ordered) {
      Entry entry = next.getValue();
      if (entry.begin != end) {
        throw source.damaged(
            where(next.getKey()),
            "its data starts at offset %d, but the data before it ends at %d (%s)"
                .formatted(entry.begin, end, entry.begin < end ? "an overlap" : "a gap"));
      }
      end = entry.end;
      result.put(next.getKey(), entry);
    }
    if (end != dataBytes) {
      throw source.damaged(
          "the data",
          "the tensors have %d bytes, the file has %d for them (%s)"
              .formatted(end, dataBytes, end > dataBytes ? "cut short" : "bytes left over"));
    }
    return result;
  }

  /** Names a tensor in an error. */
  static String where(String name) {
    return "tensor " + Source.quote(name);
  }
}
