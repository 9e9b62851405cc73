package org.quadralib.layers;

/** What a network is traced for. */
public enum Mode {
  /** Statistics of the batch, dropout active, running statistics updated. */
  TRAIN,
  /** Running statistics, no dropout, nothing updated. */
  EVALUATE
}
