package org.quadralib.bench.peer;

/** A peer cannot be used here; the message says why and what would help. */
public final class PeerUnavailableException extends UnsupportedOperationException {
  /** With what is missing. */
  public PeerUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }

  /** With what is missing. */
  public PeerUnavailableException(String message) {
    super(message);
  }
}
