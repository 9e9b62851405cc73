/** Memory, time and FLOP profiles, analysis tools and reports. */
module org.quadralib.profiler {
  requires static org.jspecify;
  requires transitive org.quadralib.optim;
  requires java.desktop;
  requires java.management;
  requires jdk.jfr;
  requires com.fasterxml.jackson.databind;
  requires com.google.protobuf;
  requires org.knowm.xchart;

  exports org.quadralib.analysis;
  exports org.quadralib.chart;
  exports org.quadralib.budget;
  exports org.quadralib.profile;
  exports org.quadralib.report;
  exports org.quadralib.tensorboard;
}
