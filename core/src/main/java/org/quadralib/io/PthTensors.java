package org.quadralib.io;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.quadralib.memory.Bytes;
import org.quadralib.memory.Category;
import org.quadralib.memory.TensorArena;
import org.quadralib.tensor.Tensor;

/** Makes tensors of what a PyTorch file says of them. */
final class PthTensors {
  private final Source source;
  private final PthContent content;
  private final TensorArena copies;
  private long copied;

  PthTensors(Source source, PthContent content, TensorArena copies) {
    this.source = source;
    this.content = content;
    this.copies = copies;
  }

  SequencedMap<String, Tensor> read(SequencedMap<String, TorchGlobals.View> views)
      throws IOException {
    SequencedMap<String, Tensor> tensors = LinkedHashMap.newLinkedHashMap(views.size());
    for (Map.Entry<String, TorchGlobals.View> entry : views.entrySet()) {
      tensors.put(entry.getKey(), tensor(entry.getKey(), entry.getValue()));
    }
    return tensors;
  }

  private Tensor tensor(String name, TorchGlobals.View view) throws IOException {
    String where = "tensor " + Source.quote(name);
    TorchGlobals.Storage storage = view.storage();
    long[] size = naturals(where, "size", view.size());
    long[] stride = naturals(where, "stride", view.stride());
    if (size.length != stride.length || size.length > StoredArray.MAX_RANK) {
      throw source.damaged(
          where, "it has %d sizes and %d strides".formatted(size.length, stride.length));
    }
    StoredArray array =
        StoredArray.of(source, where, storage.encoding(), content.order(), false, size);
    MemorySegment bytes = content.storages().bytes(storage);
    requireInside(where, view, array, size, stride);
    int width = storage.encoding().bytes();
    boolean contiguous = isContiguous(size, stride);
    if (!contiguous || !array.isView()) {
      copied += array.type().bytes();
      if (copied > Npz.DEFAULT_MAX_BYTES) {
        throw source.error(
            where,
            "with it the tensors take more than " + Bytes.format(Npz.DEFAULT_MAX_BYTES),
            "split the file");
      }
    }
    if (contiguous) {
      return array.tensor(name, bytes.asSlice(view.offset() * width, array.bytes()), copies);
    }
    Tensor copy = copies.allocate(name, Category.INPUT, array.type());
    copyStrided(array, bytes, view.offset(), size, stride, copy);
    return copy;
  }

  /** Every element must be one of the storage, and there are no more than it has. */
  private void requireInside(
      String where, TorchGlobals.View view, StoredArray array, long[] size, long[] stride)
      throws FormatException {
    long elements = view.storage().elements();
    boolean inside =
        view.offset() >= 0 && view.offset() <= elements && array.shape().elements() <= elements;
    if (inside && array.shape().elements() > 0) {
      long last = view.offset();
      inside = last < elements;
      for (int axis = 0; inside && axis < size.length; axis++) {
        // Written so that no product can overflow.
        inside = stride[axis] == 0 || size[axis] - 1 <= (elements - 1 - last) / stride[axis];
        last += inside ? (size[axis] - 1) * stride[axis] : 0;
      }
    }
    if (!inside) {
      throw source.damaged(
          where, "it does not lie within the %d elements of its storage".formatted(elements));
    }
  }

  private static boolean isContiguous(long[] size, long[] stride) {
    long expected = 1;
    for (int axis = size.length - 1; axis >= 0; axis--) {
      if (size[axis] != 1 && stride[axis] != expected) {
        return false;
      }
      expected *= size[axis];
    }
    return true;
  }

  private static void copyStrided(
      StoredArray array,
      MemorySegment bytes,
      long offset,
      long[] size,
      long[] stride,
      Tensor target) {
    long[] index = new long[size.length];
    long position = offset;
    for (long i = 0; i < target.elements(); i++) {
      array.encoding().copy(bytes, position, array.order(), target.segment(), i);
      for (int axis = size.length - 1; axis >= 0; axis--) {
        position += stride[axis];
        if (++index[axis] < size[axis]) {
          break;
        }
        position -= stride[axis] * size[axis];
        index[axis] = 0;
      }
    }
  }

  private long[] naturals(String where, String what, List<Object> values) throws FormatException {
    long[] numbers = new long[values.size()];
    for (int i = 0; i < numbers.length; i++) {
      if (!(values.get(i) instanceof Long number) || number < 0) {
        throw source.damaged(where, "its " + what + " has something other than whole numbers");
      }
      numbers[i] = number;
    }
    return numbers;
  }
}
