package org.quadralib.graph.op;

/**
 * Operations that replace state: result {@code i} takes the place, and the memory, of operand
 * {@link #stateOperand}{@code (i)}.
 */
public sealed interface StateUpdate extends Op
    permits MovingAverage, SgdUpdate, AdamUpdate, AdadeltaUpdate {

  /** Which operand result {@code i} replaces. */
  int stateOperand(int result);
}
