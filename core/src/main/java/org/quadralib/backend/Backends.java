package org.quadralib.backend;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import org.quadralib.backend.scalar.ScalarBackendProvider;
import org.quadralib.names.Suggestions;

/** Finds and chooses backends. */
public final class Backends {
  private static final System.Logger LOG = System.getLogger(Backends.class.getName());

  private Backends() {}

  /** All backends there are, usable or not, the preferred first. */
  public static List<BackendProvider> all() {
    return ServiceLoader.load(BackendProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparingInt(BackendProvider::priority).reversed())
        .toList();
  }

  /** The best usable backend; one line is logged for each better one that is not usable. */
  public static Backend automatic(int threads) {
    for (BackendProvider provider : all()) {
      Optional<String> reason = provider.unavailable();
      if (reason.isEmpty()) {
        return provider.create(threads);
      }
      LOG.log(
          System.Logger.Level.INFO,
          () -> "backend '" + provider.name() + "' is not used: " + reason.get());
    }
    return new ScalarBackendProvider().create(threads);
  }

  /**
   * The backend with this name, which a colon and the name of a device may follow.
   *
   * @throws IllegalArgumentException if there is none or it cannot be used here, saying why
   */
  public static Backend named(String name, int threads) {
    if (name.equals("auto")) {
      return automatic(threads);
    }
    int colon = name.indexOf(':');
    String plain = colon < 0 ? name : name.substring(0, colon);
    BackendProvider provider =
        all().stream()
            .filter(candidate -> candidate.name().equals(plain))
            .findFirst()
            .orElseThrow(() -> unknown(name));
    provider
        .unavailable()
        .ifPresent(
            reason -> {
              throw new IllegalArgumentException(
                  "backend '" + name + "' cannot be used: " + reason);
            });
    return colon < 0
        ? provider.create(threads)
        : provider.create(threads, name.substring(colon + 1));
  }

  private static IllegalArgumentException unknown(String name) {
    List<String> names = all().stream().map(BackendProvider::name).toList();
    return new IllegalArgumentException(
        "there is no backend '%s'%s; choose one of auto, %s"
            .formatted(name, Suggestions.didYouMean(name, names), String.join(", ", names)));
  }
}
