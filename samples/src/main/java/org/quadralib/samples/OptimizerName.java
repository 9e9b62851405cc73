package org.quadralib.samples;

/** Optimizers that can be asked for by name. */
enum OptimizerName {
  SGD,
  ADAM,
  ADAMW,
  ADADELTA
}
