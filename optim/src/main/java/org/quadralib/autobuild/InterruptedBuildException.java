package org.quadralib.autobuild;

/** A build was asked to stop; all it has done is saved. */
public final class InterruptedBuildException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  InterruptedBuildException(String stage) {
    super("the build was stopped in its stage '" + stage + "'");
  }
}
