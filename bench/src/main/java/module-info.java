/** Benchmarks, and side-by-side runs against peers. */
module org.quadralib.bench {
  requires java.management;
  requires static org.jspecify;
  requires org.quadralib.profiler;
  requires org.quadralib.samples;
  requires org.quadralib.vector;
  requires java.desktop;
  requires java.logging;
  requires jdk.incubator.vector;
  requires info.picocli;
  requires com.fasterxml.jackson.databind;
  requires jmh.core;
  requires ai.djl.api;
  requires ai.djl.pytorch_engine;
  requires dev.ludovic.netlib.blas;
  requires org.knowm.xchart;

  exports org.quadralib.bench;

  opens org.quadralib.bench.cli to
      info.picocli;
}
