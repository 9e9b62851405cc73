package org.quadralib.io;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.quadralib.memory.Category;
import org.quadralib.memory.TensorArena;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;
import org.quadralib.tensor.TensorType;

/** Files and tensors to test with. */
final class Samples {
  private Samples() {}

  /** The bytes of a file in {@code io/} among the test resources. */
  static byte[] bytes(String name) throws IOException {
    try (InputStream in = Samples.class.getResourceAsStream("/io/" + name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    }
  }

  /** A copy of a file in {@code io/} among the test resources. */
  static Path copy(String name, Path folder) throws IOException {
    return Files.write(folder.resolve(name), bytes(name));
  }

  /** The bytes of a safetensors file with this header and as many bytes of data. */
  static byte[] safetensors(String header, int dataBytes) {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + text.length + dataBytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(text.length)
        .put(text)
        .array();
  }

  /** The bytes of an npy file of version 1.0 with this dict and as many bytes of data. */
  static byte[] npy(String dict, int dataBytes) {
    byte[] text = dict.getBytes(StandardCharsets.ISO_8859_1);
    return ByteBuffer.allocate(10 + text.length + dataBytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0})
        .putShort((short) text.length)
        .put(text)
        .array();
  }

  /** A tensor of numbers of both signs. */
  static Tensor ramp(TensorArena arena, DType dtype, int... dims) {
    Tensor tensor = arena.allocate("ramp", Category.INPUT, new TensorType(dtype, Shape.of(dims)));
    for (long i = 0; i < tensor.elements(); i++) {
      tensor.set(i, (i - 5) * (dtype.isFloating() ? 0.5 : 1));
    }
    return tensor;
  }
}
