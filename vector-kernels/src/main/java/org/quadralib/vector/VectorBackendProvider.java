package org.quadralib.vector;

import java.util.Optional;
import org.quadralib.backend.Backend;
import org.quadralib.backend.BackendProvider;
import org.quadralib.vector.conv.Winograd;

/**
 * Offers the vector backend where the JDK's Vector API can be used. This class does not touch the
 * Vector API itself, so that it loads without it and can say what is missing.
 */
public final class VectorBackendProvider implements BackendProvider {
  static final String NAME = "vector";

  /** System property that overrides how convolutions are computed; see {@link Winograd#parse}. */
  public static final String WINOGRAD = "quadralib.winograd";

  private static final String MODULE = "jdk.incubator.vector";

  /** For the service loader. */
  public VectorBackendProvider() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String description() {
    return "SIMD kernels on the JDK's Vector API, on several threads";
  }

  @Override
  public int priority() {
    return 100;
  }

  @Override
  public Optional<String> unavailable() {
    if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
      return Optional.of(
          "the module " + MODULE + " is not loaded; start java with --add-modules " + MODULE);
    }
    return VectorSupport.missing();
  }

  @Override
  public Backend create(int threads) {
    unavailable()
        .ifPresent(
            reason -> {
              throw new IllegalStateException("backend 'vector' cannot be used: " + reason);
            });
    return new VectorBackend(threads, Winograd.parse(System.getProperty(WINOGRAD, "auto")));
  }
}
