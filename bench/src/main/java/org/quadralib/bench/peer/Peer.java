package org.quadralib.bench.peer;

import java.util.function.BiFunction;
import org.quadralib.bench.versus.Contestant;
import org.quadralib.bench.versus.Workload;
import org.quadralib.layers.Model;

/** What the library is compared with. */
public enum Peer {
  /** PyTorch's C++ library inside this JVM, through DJL. */
  DJL(DjlPeer::new),
  /** PyTorch in a Python process of its own. */
  PYTHON(PythonPeer::new);

  private final BiFunction<Workload, Model, Contestant> opening;

  Peer(BiFunction<Workload, Model, Contestant> opening) {
    this.opening = opening;
  }

  /**
   * Starts it on a workload, with the weights that the model has now.
   *
   * @throws PeerUnavailableException if it cannot be used here
   * @throws UnsupportedOperationException if it does not know a layer of the network
   */
  public Contestant open(Workload workload, Model weights) {
    return opening.apply(workload, weights);
  }
}
