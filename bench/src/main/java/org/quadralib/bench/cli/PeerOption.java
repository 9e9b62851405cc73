package org.quadralib.bench.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quadralib.bench.peer.Peer;
import org.quadralib.bench.peer.PeerUnavailableException;
import org.quadralib.bench.peer.Python;
import org.quadralib.bench.versus.Contestant;
import org.quadralib.bench.versus.Workload;
import org.quadralib.layers.Model;
import picocli.CommandLine.Option;

/** Which peers to measure beside the library. */
final class PeerOption {
  @Option(
      names = "--peer",
      paramLabel = "NAME",
      description =
          "none, djl (libtorch inside this JVM), python (PyTorch in a process of its own) or"
              + " all. Default: those that are there.")
  private @Nullable String peer;

  @Option(
      names = "--python",
      paramLabel = "FILE",
      description =
          "A Python that has torch. Default: what the variable QUADRA_PYTHON says, or python3.")
  private @Nullable String python;

  @Option(
      names = "--peer-device",
      paramLabel = "DEVICE",
      defaultValue = Python.CPU,
      description =
          "Where the peer 'python' computes: cpu, cuda or cuda:N, to compare with --backend"
              + " tornado on the same card. Default: ${DEFAULT-VALUE}.")
  private String device = Python.CPU;

  /**
   * Peers that were started, and why others were not.
   *
   * @param skipped reasons by name
   */
  record Opened(List<Contestant> peers, Map<String, String> skipped) {}

  /**
   * Starts the peers that were asked for.
   *
   * @param progress is told what is skipped
   * @throws IllegalArgumentException if the name is none
   * @throws PeerUnavailableException if a peer asked for by name cannot be used here
   */
  Opened open(Workload workload, Model weights, Progress progress) {
    List<Contestant> peers = new ArrayList<>();
    Map<String, String> skipped = new LinkedHashMap<>();
    for (Peer candidate : wanted()) {
      String name = candidate.name().toLowerCase(Locale.ROOT);
      try {
        progress.accept("starting " + name);
        peers.add(candidate.open(workload, weights, new Python(interpreter(), device)));
      } catch (PeerUnavailableException e) {
        if (peer != null) {
          Closing.all(peers);
          throw new PeerUnavailableException(
              "peer '%s' cannot be used: %s".formatted(name, e.getMessage()), e);
        }
        skipped.put(name, String.valueOf(e.getMessage()));
        progress.message("peer '%s' is skipped: %s".formatted(name, e.getMessage()));
      } catch (RuntimeException e) {
        Closing.all(peers);
        throw e;
      }
    }
    return new Opened(peers, skipped);
  }

  private String interpreter() {
    if (python != null) {
      return python;
    }
    String named = System.getenv("QUADRA_PYTHON");
    return named == null || named.isBlank() ? "python3" : named;
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
    List<Peer> peers = wanted();
    if (!device.matches("cpu|cuda(:[0-9]+)?")) {
      throw new IllegalArgumentException(
          "--peer-device takes cpu, cuda or cuda:N, not '%s'".formatted(device));
    }
    if (!device.equals(Python.CPU) && !peers.equals(List.of(Peer.PYTHON))) {
      throw new IllegalArgumentException(
          "--peer-device %s goes with --peer python, the only peer that can use it"
              .formatted(device));
    }
  }
}
