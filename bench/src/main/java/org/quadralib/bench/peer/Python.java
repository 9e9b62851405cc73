package org.quadralib.bench.peer;

/**
 * Where PyTorch runs.
 *
 * @param interpreter that has torch
 * @param device as PyTorch names it: {@code cpu}, {@code cuda}, {@code cuda:1}
 */
public record Python(String interpreter, String device) {
  /** Where it computes unless asked otherwise. */
  public static final String CPU = "cpu";
}
