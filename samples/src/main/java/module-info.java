/** The command line and the example programs. */
module org.quadralib.samples {
  requires static org.jspecify;
  requires transitive org.quadralib.profiler;
  requires org.quadralib.vector;
  requires transitive info.picocli;
  requires com.fasterxml.jackson.databind;
  requires com.fasterxml.jackson.dataformat.yaml;

  exports org.quadralib.samples;

  opens org.quadralib.samples to
      info.picocli;
}
