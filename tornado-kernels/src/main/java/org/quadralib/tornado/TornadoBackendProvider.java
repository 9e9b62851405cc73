package org.quadralib.tornado;

import java.util.Optional;
import org.quadralib.backend.Backend;
import org.quadralib.backend.BackendProvider;

/**
 * Keeps the place of the TornadoVM backend: it is listed, and says that it has no kernels yet, so
 * that nobody who asks for it gets another backend without knowing.
 */
public final class TornadoBackendProvider implements BackendProvider {
  private static final String REASON =
      "this version has no GPU or FPGA kernels yet; choose the vector backend";

  /** For the service loader. */
  public TornadoBackendProvider() {}

  @Override
  public String name() {
    return "tornado";
  }

  @Override
  public String description() {
    return "GPUs and FPGAs through TornadoVM";
  }

  @Override
  public int priority() {
    return -1; // never chosen, nor missed, by itself while it cannot run anything
  }

  @Override
  public Optional<String> unavailable() {
    return Optional.of(REASON);
  }

  @Override
  public Backend create(int threads) {
    throw new IllegalStateException(REASON);
  }
}
