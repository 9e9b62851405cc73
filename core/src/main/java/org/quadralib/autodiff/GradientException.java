package org.quadralib.autodiff;

/** A derivative that is not defined. */
public final class GradientException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Says which operation has no derivative and what to use instead. */
  public GradientException(String message) {
    super(message);
  }
}
