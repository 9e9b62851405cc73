package org.quadralib.tornado;

import java.util.function.ToIntFunction;
import org.quadralib.graph.Node;
import org.quadralib.graph.Value;
import org.quadralib.tensor.Shape;

/**
 * Where the operands and results of a node are on the device.
 *
 * @param memory position of a value in device memory, in elements
 * @param integers position of an integer input
 */
record Operands(Node node, ToIntFunction<Value> memory, ToIntFunction<Value> integers) {
  /** The first result. */
  Value y() {
    return node.outputs().getFirst();
  }

  /** Where an operand begins. */
  int x(int i) {
    return memory.applyAsInt(node.inputs().get(i));
  }

  /** Where a result begins. */
  int y(int i) {
    return memory.applyAsInt(node.outputs().get(i));
  }

  /** Where an operand of integers begins. */
  int integers(int i) {
    return integers.applyAsInt(node.inputs().get(i));
  }

  /** Shape of an operand. */
  Shape shape(int i) {
    return node.inputs().get(i).shape();
  }

  /** Elements of a value, which are less than an int counts. */
  static int elements(Value value) {
    return Math.toIntExact(value.shape().elements());
  }
}
