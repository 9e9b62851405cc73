package org.quadralib.backend.scalar;

import java.util.Optional;
import org.quadralib.backend.Backend;
import org.quadralib.backend.BackendProvider;

/** Offers the scalar backend: always usable, never preferred. */
public final class ScalarBackendProvider implements BackendProvider {
  /** For the service loader. */
  public ScalarBackendProvider() {}

  @Override
  public String name() {
    return "scalar";
  }

  @Override
  public String description() {
    return "plain loops on one thread, the reference for all other backends";
  }

  @Override
  public int priority() {
    return 0;
  }

  @Override
  public Optional<String> unavailable() {
    return Optional.empty();
  }

  @Override
  public Backend create(int threads) {
    return new ScalarBackend();
  }
}
