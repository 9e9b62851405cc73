package org.quadralib.io;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The names that a pickled state dictionary may use, and what becomes of them here. Nothing is
 * looked up in any library: a name outside this list is an error.
 */
final class TorchGlobals {
  private static final String TORCH = "torch";
  private static final String UTILS = "torch._utils";

  private static final Map<String, Encoding> STORAGES =
      Map.ofEntries(
          Map.entry("FloatStorage", Encoding.F32),
          Map.entry("DoubleStorage", Encoding.F64),
          Map.entry("HalfStorage", Encoding.F16),
          Map.entry("BFloat16Storage", Encoding.BF16),
          Map.entry("LongStorage", Encoding.I64),
          Map.entry("IntStorage", Encoding.I32),
          Map.entry("ShortStorage", Encoding.I16),
          Map.entry("CharStorage", Encoding.I8),
          Map.entry("ByteStorage", Encoding.U8),
          Map.entry("BoolStorage", Encoding.BOOL));

  /** Element types and layouts by name: values that say something and do nothing. */
  private static final Set<String> SYMBOLS =
      Set.of(
          "float32",
          "float64",
          "float16",
          "bfloat16",
          "int64",
          "int32",
          "int16",
          "int8",
          "uint8",
          "bool",
          "strided",
          "contiguous_format");

  private TorchGlobals() {}

  /** A name that a pickle may use. */
  sealed interface Global {
    /** The result of calling it. */
    Object call(Source source, String where, List<Object> arguments) throws FormatException;
  }

  /**
   * Elements in the file.
   *
   * @param key its name in the file
   */
  record Storage(String key, Encoding encoding, long elements) {}

  /** A view of a storage; offset and strides are in elements. Nothing of it is checked. */
  record View(Storage storage, long offset, List<Object> size, List<Object> stride) {}

  /** An element type or the like. */
  record Symbol(String name) implements Global {
    @Override
    public Object call(Source source, String where, List<Object> arguments) throws FormatException {
      throw refusal(source, where, "a call of '" + name + "'");
    }
  }

  /** The type of a storage. */
  private record StorageType(Encoding encoding) implements Global {
    @Override
    public Object call(Source source, String where, List<Object> arguments) throws FormatException {
      throw refusal(source, where, "a call of a storage");
    }
  }

  /** A function that puts values together. */
  private record Function(String name, Body body) implements Global {
    @Override
    public Object call(Source source, String where, List<Object> arguments) throws FormatException {
      @Nullable Object result = body.apply(arguments);
      if (result == null) {
        throw source.damaged(where, "'" + name + "' has arguments that it does not take");
      }
      return result;
    }
  }

  /** From arguments to the result, or null if they do not fit. */
  @FunctionalInterface
  private interface Body {
    @Nullable Object apply(List<Object> arguments);
  }

  private static final Map<String, Global> FUNCTIONS =
      Map.of(
          "collections.OrderedDict",
          new Function("OrderedDict", TorchGlobals::orderedDict),
          UTILS + "._rebuild_tensor",
          new Function("_rebuild_tensor", TorchGlobals::view),
          UTILS + "._rebuild_tensor_v2",
          new Function("_rebuild_tensor_v2", TorchGlobals::view),
          UTILS + "._rebuild_parameter",
          new Function("_rebuild_parameter", TorchGlobals::first),
          TORCH + ".Size",
          new Function("Size", TorchGlobals::first),
          TORCH + ".device",
          new Function("device", TorchGlobals::first));

  /**
   * What a name stands for.
   *
   * @throws FormatException if a state dictionary has no such name
   */
  static Global named(Source source, String where, String module, String name)
      throws FormatException {
    @Nullable Global function = FUNCTIONS.get(module + "." + name);
    if (function != null) {
      return function;
    }
    if (module.equals(TORCH) && STORAGES.containsKey(name)) {
      return new StorageType(STORAGES.get(name));
    }
    if (module.equals(TORCH) && SYMBOLS.contains(name)) {
      return new Symbol(name);
    }
    throw refusal(source, where, "the name " + Source.quote(module + "." + name));
  }

  /** The storage that a persistent id names: {@code ('storage', type, key, place, elements, …)}. */
  static Storage storage(Source source, String where, List<Object> id) throws FormatException {
    if (id.size() >= 5
        && "storage".equals(id.get(0))
        && id.get(1) instanceof StorageType type
        && id.get(2) instanceof String key
        && id.get(4) instanceof Long elements) {
      if (id.size() > 5 && id.get(5) != Unpickler.NONE) {
        throw source.error(
            where,
            "a storage is a view of another, as old versions of PyTorch wrote",
            "load it with PyTorch and save it again");
      }
      return new Storage(key, type.encoding(), elements);
    }
    throw source.damaged(where, "a storage is not described as PyTorch describes it");
  }

  /** An error for something that a state dictionary does not need. */
  static FormatException refusal(Source source, String where, String what) {
    return source.error(
        where,
        String.format(
            Locale.ROOT, "it uses %s, which tensors and plain containers do not need", what),
        "nothing of it was run; save the model's state_dict() alone, and do not open this file with"
            + " pickle unless you trust where it comes from");
  }

  private static @Nullable Object view(List<Object> arguments) {
    return arguments.size() >= 4
            && arguments.get(0) instanceof Storage storage
            && arguments.get(1) instanceof Long offset
            && arguments.get(2) instanceof List<?> size
            && arguments.get(3) instanceof List<?> stride
        ? new View(storage, offset, List.copyOf(size), List.copyOf(stride))
        : null;
  }

  private static @Nullable Object first(List<Object> arguments) {
    return arguments.isEmpty() ? null : arguments.getFirst();
  }

  private static @Nullable Object orderedDict(List<Object> arguments) {
    Map<Object, Object> map = new LinkedHashMap<>();
    if (arguments.isEmpty()) {
      return map;
    }
    if (!(arguments.getFirst() instanceof List<?> pairs)) {
      return null;
    }
    for (Object item : pairs) {
      if (!(item instanceof List<?> pair) || pair.size() != 2 || !(pair.get(0) instanceof String)) {
        return null;
      }
      map.put(pair.get(0), pair.get(1));
    }
    return map;
  }
}
