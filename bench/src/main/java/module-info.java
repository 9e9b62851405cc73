/** Benchmarks, and side-by-side runs against peers. */
module org.quadralib.bench {
  requires static org.jspecify;
  requires org.quadralib.profiler;
  requires org.quadralib.vector;
  requires jdk.incubator.vector;
  requires jmh.core;

  exports org.quadralib.bench;
}
