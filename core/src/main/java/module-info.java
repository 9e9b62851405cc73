import org.quadralib.backend.BackendProvider;
import org.quadralib.backend.scalar.ScalarBackendProvider;

/** Tensors, memory, graph, differentiation, plan and the scalar reference backend. */
module org.quadralib.core {
  requires static org.jspecify;
  requires jdk.management;

  exports org.quadralib.autodiff;
  exports org.quadralib.backend;
  exports org.quadralib.backend.scalar;
  exports org.quadralib.graph;
  exports org.quadralib.graph.op;
  exports org.quadralib.io;
  exports org.quadralib.lowering;
  exports org.quadralib.memory;
  exports org.quadralib.names;
  exports org.quadralib.plan;
  exports org.quadralib.quadratic;
  exports org.quadralib.random;
  exports org.quadralib.tensor;

  uses BackendProvider;

  provides BackendProvider with
      ScalarBackendProvider;
}
