package org.quadralib.backend;

/** A device did not do what it was told; the message says what, and what to do. */
public final class DeviceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With the sentence for the user. */
  public DeviceException(String message) {
    super(message);
  }

  /** With the sentence for the user and what TornadoVM, for instance, said. */
  public DeviceException(String message, Throwable cause) {
    super(message, cause);
  }
}
