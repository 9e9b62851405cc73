package org.quadralib.bench.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.quadralib.bench.peer.Peer;
import org.quadralib.bench.peer.PeerUnavailableException;
import picocli.CommandLine.Option;

/** Which peers to measure beside the library. */
final class PeerOption {
  @Option(
      names = "--peer",
      paramLabel = "NAME",
      description =
          "none, djl (libtorch inside this JVM), python (PyTorch of QUADRA_PYTHON or python3) or"
              + " all. Default: those that are there.")
  private @Nullable String peer;

  /**
   * Peers that were started, and why others were not.
   *
   * @param skipped reasons by name
   */
  record Opened<T>(List<T> peers, Map<String, String> skipped) {}

  /**
   * Starts the peers that were asked for.
   *
   * @param opening starts one
   * @param messages is told what is skipped
   * @throws IllegalArgumentException if the name is none
   * @throws PeerUnavailableException if a peer asked for by name cannot be used here
   */
  <T extends AutoCloseable> Opened<T> open(Function<Peer, T> opening, Consumer<String> messages) {
    List<Peer> wanted = wanted();
    List<T> peers = new ArrayList<>();
    Map<String, String> skipped = new LinkedHashMap<>();
    for (Peer candidate : wanted) {
      String name = candidate.name().toLowerCase(Locale.ROOT);
      try {
        peers.add(opening.apply(candidate));
      } catch (PeerUnavailableException e) {
        if (peer != null) {
          Closing.all(peers);
          throw new PeerUnavailableException(
              "peer '%s' cannot be used: %s".formatted(name, e.getMessage()), e);
        }
        skipped.put(name, String.valueOf(e.getMessage()));
        messages.accept("peer '%s' is skipped: %s".formatted(name, e.getMessage()));
      } catch (RuntimeException e) {
        Closing.all(peers);
        throw e;
      }
    }
    return new Opened<>(peers, skipped);
  }

  private List<Peer> wanted() {
    String name = peer == null ? "all" : peer.toLowerCase(Locale.ROOT);
    return switch (name) {
      case "none" -> List.of();
      case "djl" -> List.of(Peer.DJL);
      case "python" -> List.of(Peer.PYTHON);
      case "all" -> List.of(Peer.values());
      default ->
          throw new IllegalArgumentException(
              "--peer takes none, djl, python or all, not '%s'".formatted(peer));
    };
  }

  /** Rejects a name that is none before anything is measured. */
  void check() {
    wanted();
  }
}
