package org.quadralib.graph;

/** The part of a step a node belongs to. */
public enum Phase {
  /** From the input to the loss. */
  FORWARD,
  /** Parts of the forward computation repeated during the backward pass. */
  RECOMPUTE,
  /** From the loss to the gradients. */
  BACKWARD,
  /** From the gradients to new parameters. */
  UPDATE
}
