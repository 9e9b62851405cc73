package org.quadralib.tensorboard;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Messages of Protocol Buffers, field by field; numbers are those of TensorFlow's .proto files. */
final class Proto {
  private Proto() {}

  /** Writes the fields of a message. */
  @FunctionalInterface
  interface Body {
    void write(CodedOutputStream out) throws IOException;
  }

  static ByteString message(Body body) {
    ByteString.Output bytes = ByteString.newOutput();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      body.write(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail
    }
    return bytes.toByteString();
  }
}
