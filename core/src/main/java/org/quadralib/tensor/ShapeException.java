package org.quadralib.tensor;

/** Shapes or element types that do not fit the operation they were given to. */
public final class ShapeException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** Says which operation, which shapes, and what was expected. */
  public ShapeException(String message) {
    super(message);
  }
}
