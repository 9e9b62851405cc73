package org.quadralib.backend;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.quadralib.tensor.Tensor;

/**
 * The memory a kernel works on.
 *
 * @param inputs one tensor for each operand
 * @param outputs one tensor for each result; the first may be the memory of an operand where the
 *     planner allows it
 * @param scratch as many bytes as the backend asked for
 * @param panels heap arrays at least as long as the backend asked for
 */
public record Memory(
    List<Tensor> inputs, List<Tensor> outputs, MemorySegment scratch, float[][] panels) {
  /** An operand. */
  public Tensor in(int i) {
    return inputs.get(i);
  }

  /** A result. */
  public Tensor out(int i) {
    return outputs.get(i);
  }

  /** The only result. */
  public Tensor out() {
    return outputs.getFirst();
  }
}
