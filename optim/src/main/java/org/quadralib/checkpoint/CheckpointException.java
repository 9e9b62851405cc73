package org.quadralib.checkpoint;

import org.jspecify.annotations.Nullable;

/** A checkpoint that cannot be written, read, or used for what it was to be used for. */
public class CheckpointException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Says which file, what is wrong and what to do. */
  public CheckpointException(String message) {
    super(message);
  }

  /** Says which file, what is wrong and what to do. */
  public CheckpointException(@Nullable String message, Throwable cause) {
    super(message, cause);
  }
}
