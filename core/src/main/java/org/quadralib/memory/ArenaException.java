package org.quadralib.memory;

import org.jspecify.annotations.Nullable;

/** An arena used after it was closed, closed twice, or closed while something still lives in it. */
public final class ArenaException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  ArenaException(String message, @Nullable Throwable openedAt) {
    super(message, openedAt);
  }
}
