/** Layers of every type of neuron, models with weights, and the pool of models. */
module org.quadralib.layers {
  requires static org.jspecify;
  requires transitive org.quadralib.core;

  exports org.quadralib.builder;
  exports org.quadralib.layers;
  exports org.quadralib.models;
}
