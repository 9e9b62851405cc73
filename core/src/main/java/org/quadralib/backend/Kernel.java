package org.quadralib.backend;

/** One node of a plan, bound to its memory. Running it allocates nothing. */
@FunctionalInterface
public interface Kernel {
  /** Reads the operands, writes the results. */
  void run();
}
