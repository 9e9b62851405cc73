package org.quadralib.data;

/**
 * A data set that is missing, damaged or not what it should be.
 *
 * <p>The message is one sentence: which file or example, what is wrong, what to do. It is unchecked
 * because it also has to travel from a loader's background thread through an iterator.
 */
public class DataException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** An error whose message says everything. */
  public DataException(String message) {
    super(message);
  }

  /** An error with the lower-level error that revealed it. */
  public DataException(String message, Throwable cause) {
    super(message, cause);
  }
}
