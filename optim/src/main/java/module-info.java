/** Losses, optimizers, schedules, data, training and checkpoints. */
module org.quadralib.optim {
  requires static org.jspecify;
  requires transitive org.quadralib.layers;
  requires java.desktop;
  requires com.google.protobuf;
  requires com.fasterxml.jackson.databind;
  requires com.fasterxml.jackson.dataformat.yaml;

  exports org.quadralib.architecture;
  exports org.quadralib.autobuild;
  exports org.quadralib.checkpoint;
  exports org.quadralib.data;
  exports org.quadralib.html;
  exports org.quadralib.loss;
  exports org.quadralib.metrics;
  exports org.quadralib.onnx;
  exports org.quadralib.optim;
  exports org.quadralib.train;
}
