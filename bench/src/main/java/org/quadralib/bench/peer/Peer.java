package org.quadralib.bench.peer;

import org.quadralib.bench.versus.Contestant;
import org.quadralib.bench.versus.Workload;
import org.quadralib.layers.Model;

/** What the library is compared with. */
public enum Peer {
  /** PyTorch's C++ library inside this JVM, through DJL. */
  DJL,
  /** PyTorch in a Python process of its own. */
  PYTHON;

  /**
   * Starts it on a workload, with the weights that the model has now.
   *
   * @param python for those that need one
   * @throws PeerUnavailableException if it cannot be used here
   * @throws UnsupportedOperationException if it does not know a layer of the network
   */
  public Contestant open(Workload workload, Model weights, Python python) {
    return switch (this) {
      case DJL -> new DjlPeer(workload, weights);
      case PYTHON -> new PythonPeer(workload, weights, python);
    };
  }
}
