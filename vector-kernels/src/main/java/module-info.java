import org.quadralib.backend.BackendProvider;
import org.quadralib.vector.VectorBackendProvider;

/** The CPU backend on the Vector API. */
module org.quadralib.vector {
  requires static org.jspecify;
  requires org.quadralib.core;
  requires jdk.incubator.vector;

  exports org.quadralib.vector;

  provides BackendProvider with
      VectorBackendProvider;
}
