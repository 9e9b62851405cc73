package org.quadralib.tornado;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.quadralib.backend.Backend;
import org.quadralib.backend.BackendProvider;
import org.quadralib.backend.Backends;
import org.quadralib.backend.scalar.ScalarBackend;

/**
 * Offers the devices of TornadoVM. Two system properties change what is offered: {@code
 * quadralib.tornado.kernels} is {@code loops} or {@code tiles} and overrides the choice by kind of
 * device; {@code quadralib.tornado.check=off} leaves out the check of each plan's first run.
 */
public final class TornadoBackendProvider implements BackendProvider {
  /** For the service loader. */
  public TornadoBackendProvider() {}

  @Override
  public String name() {
    return "tornado";
  }

  @Override
  public String description() {
    return "GPUs, FPGAs and processors through TornadoVM";
  }

  @Override
  public int priority() {
    return -1; // only when asked for by name
  }

  @Override
  public Optional<String> unavailable() {
    return Support.missing();
  }

  @Override
  public List<String> devices() {
    return Support.missing().isPresent()
        ? List.of()
        : Devices.all().stream().map(Devices.Found::describe).toList();
  }

  @Override
  public Backend create(int threads) {
    requireSupport();
    return create(threads, Devices.preferred());
  }

  @Override
  public Backend create(int threads, String device) {
    requireSupport();
    return create(threads, Devices.named(device));
  }

  private static Backend create(int threads, Devices.Found device) {
    String kernels = System.getProperty("quadralib.tornado.kernels", "auto");
    Style style =
        switch (kernels) {
          case "auto" -> device.style();
          case "loops" -> device.style().withTiles(false);
          case "tiles" -> device.style().withTiles(true);
          default ->
              throw new IllegalArgumentException(
                  "quadralib.tornado.kernels is '%s'; choose one of auto, loops, tiles"
                      .formatted(kernels));
        };
    return new TornadoBackend(device, style, check(threads));
  }

  private static @Nullable NodeCheck check(int threads) {
    if (System.getProperty("quadralib.tornado.check", "on").equals("off")) {
      return null;
    }
    Backend reference =
        Backends.all().stream()
            .filter(p -> p.name().equals("vector") && p.unavailable().isEmpty())
            .findFirst()
            .map(p -> p.create(threads))
            .orElseGet(ScalarBackend::new);
    return new NodeCheck(reference);
  }

  private static void requireSupport() {
    Support.missing()
        .ifPresent(
            reason -> {
              throw new IllegalStateException(reason);
            });
  }
}
