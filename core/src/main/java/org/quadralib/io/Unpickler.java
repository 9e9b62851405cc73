package org.quadralib.io;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads one pickle (PEP 3154, protocols 0 to 5) without running anything: it builds texts, numbers,
 * lists, maps and descriptions of tensors, by the few names in {@link TorchGlobals}, and refuses
 * every other name. A pickle is a program for a stack machine; this machine has no instruction that
 * does more than put values together.
 *
 * <p>Tuples and sets become lists, None becomes {@link #NONE}.
 */
final class Unpickler {
  /** Python's None. */
  static final Object NONE = new Object();

  // A state dictionary takes about forty instructions for each tensor.
  private static final int MAX_INSTRUCTIONS = 2_000_000;

  private static final int MAX_INTEGER_BYTES = 16;

  private static final ValueLayout.OfShort SHORT = littleEndian(ValueLayout.JAVA_SHORT_UNALIGNED);
  private static final ValueLayout.OfInt INT = littleEndian(ValueLayout.JAVA_INT_UNALIGNED);
  private static final ValueLayout.OfLong LONG = littleEndian(ValueLayout.JAVA_LONG_UNALIGNED);
  private static final ValueLayout.OfLong DOUBLE_BITS =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private final Source source;
  private final MemorySegment bytes;
  private long position;
  private List<Object> stack = new ArrayList<>();
  private final List<List<Object>> marked = new ArrayList<>();
  private final Map<Long, Object> memo = new HashMap<>();

  /**
   * A machine for the pickle at a position.
   *
   * @param bytes may go on behind the pickle
   */
  Unpickler(Source source, MemorySegment bytes, long position) {
    this.source = source;
    this.bytes = bytes;
    this.position = position;
  }

  private static <L extends ValueLayout> L littleEndian(L layout) {
    @SuppressWarnings("unchecked")
    L result = (L) layout.withOrder(ByteOrder.LITTLE_ENDIAN);
    return result;
  }

  /** The position behind the pickle. */
  long position() {
    return position;
  }

  /** Runs to the end of the pickle and gives its value. */
  Object load() throws FormatException {
    for (int count = 0; count < MAX_INSTRUCTIONS; count++) {
      int instruction = unsignedByte();
      if (instruction == '.') {
        Object result = pop();
        if (!stack.isEmpty() || !marked.isEmpty()) {
          throw damaged("the pickle ends with values left over");
        }
        return result;
      }
      step(instruction);
    }
    throw source.error(
        where(),
        "the pickle has more than " + MAX_INSTRUCTIONS + " instructions",
        "save the state dictionary alone");
  }

  private void step(int instruction) throws FormatException {
    switch (instruction) {
      case 0x80 -> requireProtocol(unsignedByte()); // PROTO
      case 0x95 -> skip(number(8)); // FRAME
      case '(' -> {
        marked.add(stack);
        stack = new ArrayList<>();
      }
      case '0' -> pop();
      case '1' -> popMark();
      case '2' -> stack.add(top());
      case 'N' -> stack.add(NONE);
      case 0x88 -> stack.add(true);
      case 0x89 -> stack.add(false);
      case 'K' -> stack.add((long) unsignedByte());
      case 'M' -> stack.add(number(2));
      case 'J' -> stack.add((long) (int) number(4));
      case 'I' -> stack.add(decimal(line()));
      case 'L' -> stack.add(decimal(line().replaceFirst("L$", "")));
      case 0x8a -> stack.add(integer(unsignedByte())); // LONG1
      case 0x8b -> stack.add(integer(number(4))); // LONG4
      case 'G' -> stack.add(Double.longBitsToDouble(take(8).get(DOUBLE_BITS, 0)));
      case 'F' -> stack.add(decimalFraction(line()));
      case 'X' -> stack.add(text(number(4), true)); // BINUNICODE
      case 0x8c -> stack.add(text(unsignedByte(), true)); // SHORT_BINUNICODE
      case 0x8d -> stack.add(text(number(8), true)); // BINUNICODE8
      case 'V' -> stack.add(line());
      case 'T' -> stack.add(text(number(4), false)); // BINSTRING
      case 'U' -> stack.add(text(unsignedByte(), false)); // SHORT_BINSTRING
      case 'B' -> stack.add(text(number(4), false)); // BINBYTES
      case 'C' -> stack.add(text(unsignedByte(), false)); // SHORT_BINBYTES
      case 0x8e -> stack.add(text(number(8), false)); // BINBYTES8
      case ']', ')', 0x8f -> stack.add(new ArrayList<>()); // EMPTY_LIST, _TUPLE, _SET
      case '}' -> stack.add(new LinkedHashMap<>());
      case 'l', 't', 0x91 -> { // LIST, TUPLE, FROZENSET
        List<Object> items = popMark();
        stack.add(items);
      }
      case 'd' -> { // DICT
        List<Object> items = popMark();
        stack.add(putAll(new LinkedHashMap<>(), items));
      }
      case 0x85 -> stack.add(popSome(1));
      case 0x86 -> stack.add(popSome(2));
      case 0x87 -> stack.add(popSome(3));
      case 'a' -> { // APPEND
        Object item = pop();
        list(top()).add(item);
      }
      case 'e', 0x90 -> { // APPENDS, ADDITEMS
        List<Object> items = popMark();
        list(top()).addAll(items);
      }
      case 's' -> { // SETITEM
        List<Object> pair = popSome(2);
        putAll(map(top()), pair);
      }
      case 'u' -> { // SETITEMS
        List<Object> pairs = popMark();
        putAll(map(top()), pairs);
      }
      case 'q' -> memo.put((long) unsignedByte(), top()); // BINPUT
      case 'r' -> memo.put(number(4), top()); // LONG_BINPUT
      case 'p' -> memo.put(index(line()), top()); // PUT
      case 0x94 -> memo.put((long) memo.size(), top()); // MEMOIZE
      case 'h' -> stack.add(remembered((long) unsignedByte()));
      case 'j' -> stack.add(remembered(number(4)));
      case 'g' -> stack.add(remembered(index(line())));
      case 'c' -> { // GLOBAL
        String module = line();
        stack.add(TorchGlobals.named(source, where(), module, line()));
      }
      case 0x93 -> { // STACK_GLOBAL
        List<Object> names = popSome(2);
        stack.add(
            TorchGlobals.named(source, where(), asText(names.getFirst()), asText(names.getLast())));
      }
      case 'R' -> { // REDUCE
        List<Object> call = popSome(2);
        if (!(call.getFirst() instanceof TorchGlobals.Global global)) {
          throw damaged("it calls a value that is no function");
        }
        stack.add(global.call(source, where(), list(call.getLast())));
      }
      case 'b' -> { // BUILD
        Object state = pop();
        // An ordered map's attributes, such as the versions of modules; they do not matter.
        if (!(top() instanceof Map) || !(state instanceof Map)) {
          throw unsafe("attributes set on an object");
        }
      }
      case 'Q' -> stack.add(TorchGlobals.storage(source, where(), list(pop()))); // BINPERSID
      default -> throw unsafe("the instruction 0x" + Integer.toHexString(instruction));
    }
  }

  private void requireProtocol(int protocol) throws FormatException {
    if (protocol > 5) {
      throw damaged("the pickle is of protocol " + protocol + ", the last there is, is 5");
    }
  }

  private Object top() throws FormatException {
    if (stack.isEmpty()) {
      throw damaged("the pickle takes a value that is not there");
    }
    return stack.getLast();
  }

  private Object pop() throws FormatException {
    Object top = top();
    stack.removeLast();
    return top;
  }

  private List<Object> popSome(int count) throws FormatException {
    if (stack.size() < count) {
      throw damaged("the pickle takes values that are not there");
    }
    List<Object> from = stack.subList(stack.size() - count, stack.size());
    List<Object> result = new ArrayList<>(from);
    from.clear();
    return result;
  }

  private List<Object> popMark() throws FormatException {
    if (marked.isEmpty()) {
      throw damaged("the pickle goes back to a mark that is not there");
    }
    List<Object> items = stack;
    stack = marked.removeLast();
    return items;
  }

  private Object remembered(long index) throws FormatException {
    @Nullable Object value = memo.get(index);
    if (value == null) {
      throw damaged("the pickle refers to value " + index + ", which it does not have");
    }
    return value;
  }

  @SuppressWarnings("unchecked") // the machine makes no other lists
  private List<Object> list(Object value) throws FormatException {
    if (value instanceof List) {
      return (List<Object>) value;
    }
    throw damaged("the pickle has something else where a list must be");
  }

  @SuppressWarnings("unchecked") // the machine makes no other maps
  private Map<Object, Object> map(Object value) throws FormatException {
    if (value instanceof Map) {
      return (Map<Object, Object>) value;
    }
    throw damaged("the pickle has something else where a dictionary must be");
  }

  private Map<Object, Object> putAll(Map<Object, Object> map, List<Object> items)
      throws FormatException {
    if (items.size() % 2 != 0) {
      throw damaged("a dictionary has a key without a value");
    }
    for (int i = 0; i < items.size(); i += 2) {
      Object key = items.get(i);
      // Others could contain themselves, and their hash code would never end.
      if (!(key instanceof String || key instanceof Long || key instanceof Boolean)) {
        throw unsafe("a dictionary key that is neither text nor a number");
      }
      map.put(key, items.get(i + 1));
    }
    return map;
  }

  private String asText(Object value) throws FormatException {
    if (value instanceof String text) {
      return text;
    }
    throw damaged("the pickle has something else where a name must be");
  }

  private MemorySegment take(long count) throws FormatException {
    if (count < 0 || count > bytes.byteSize() - position) {
      throw damaged("the pickle is cut short");
    }
    MemorySegment taken = bytes.asSlice(position, count);
    position += count;
    return taken;
  }

  private void skip(long ignoredLength) {
    // Frames only say how much to read ahead.
  }

  private int unsignedByte() throws FormatException {
    return take(1).get(ValueLayout.JAVA_BYTE, 0) & 0xff;
  }

  /** An unsigned number; those of 8 bytes beyond the range are negative, which no length is. */
  private long number(int count) throws FormatException {
    MemorySegment taken = take(count);
    return switch (count) {
      case 2 -> taken.get(SHORT, 0) & 0xffffL;
      case 4 -> taken.get(INT, 0) & 0xffff_ffffL;
      default -> taken.get(LONG, 0);
    };
  }

  private Object integer(long count) throws FormatException {
    if (count > MAX_INTEGER_BYTES) {
      throw damaged("an integer has " + count + " bytes");
    }
    byte[] reversed = take(count).toArray(ValueLayout.JAVA_BYTE);
    byte[] bigEndian = new byte[reversed.length + 1];
    for (int i = 0; i < reversed.length; i++) {
      bigEndian[bigEndian.length - 1 - i] = reversed[i];
    }
    bigEndian[0] = (byte) (reversed.length > 0 && reversed[reversed.length - 1] < 0 ? -1 : 0);
    BigInteger value = new BigInteger(bigEndian);
    return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
  }

  private Object decimal(String text) throws FormatException {
    if (text.equals("01") || text.equals("00")) {
      return text.equals("01"); // protocol 0's truth values
    }
    return index(text);
  }

  private long index(String text) throws FormatException {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw damaged("'" + Source.quote(text) + "' is no whole number");
    }
  }

  private double decimalFraction(String text) throws FormatException {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw damaged("'" + Source.quote(text) + "' is no number");
    }
  }

  private String text(long count, boolean utf8) throws FormatException {
    byte[] encoded = take(count).toArray(ValueLayout.JAVA_BYTE);
    return new String(encoded, utf8 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
  }

  /** Text up to the end of the line. */
  private String line() throws FormatException {
    long start = position;
    while (unsignedByte() != '\n') {
      if (position - start > 10_000) {
        throw damaged("a line of the pickle does not end");
      }
    }
    byte[] encoded = bytes.asSlice(start, position - 1 - start).toArray(ValueLayout.JAVA_BYTE);
    return new String(encoded, StandardCharsets.UTF_8);
  }

  private String where() {
    return "byte " + position + " of the pickle";
  }

  private FormatException damaged(String problem) {
    return source.damaged(where(), problem);
  }

  private FormatException unsafe(String what) {
    return TorchGlobals.refusal(source, where(), what);
  }
}
