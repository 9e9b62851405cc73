package org.quadralib.tornado;

/** A device did not do what it was told; the message says what, and what to do. */
public final class DeviceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DeviceException(String message) {
    super(message);
  }

  DeviceException(String message, Throwable cause) {
    super(message, cause);
  }
}
