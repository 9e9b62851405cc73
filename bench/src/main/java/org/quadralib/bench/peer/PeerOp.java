package org.quadralib.bench.peer;

import java.util.List;
import java.util.Map;

/**
 * One operation of a {@link PeerProgram}, in PyTorch's terms.
 *
 * @param op name of the operation: {@code conv2d}, {@code linear}, {@code batch_norm}, …
 * @param inputs numbers of the values it reads; 0 is the batch
 * @param output number of the value it makes
 * @param weights names of its parameters, in the order of PyTorch's function
 * @param settings stride, padding and the like
 * @param dead values that nothing reads afterwards, so that a peer can let go of them
 */
public record PeerOp(
    String op,
    List<Integer> inputs,
    int output,
    List<String> weights,
    Map<String, Object> settings,
    List<Integer> dead) {

  /** A whole number among the settings. */
  int number(String setting) {
    return ((Number) setting(setting)).intValue();
  }

  /** A fraction among the settings. */
  double fraction(String setting) {
    return ((Number) setting(setting)).doubleValue();
  }

  /** A pair among the settings, height before width. */
  long[] pair(String setting) {
    List<?> pair = (List<?>) setting(setting);
    return new long[] {((Number) pair.get(0)).longValue(), ((Number) pair.get(1)).longValue()};
  }

  private Object setting(String name) {
    Object value = settings.get(name);
    if (value == null) {
      throw new IllegalArgumentException("operation '" + op + "' has no setting '" + name + "'");
    }
    return value;
  }

  PeerOp letGoOf(List<Integer> values) {
    return new PeerOp(op, inputs, output, weights, settings, values);
  }
}
