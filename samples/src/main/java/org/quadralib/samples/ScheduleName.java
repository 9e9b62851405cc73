package org.quadralib.samples;

/** Learning-rate schedules that can be asked for by name. */
enum ScheduleName {
  CONSTANT,
  STEP,
  COSINE,
  ONE_CYCLE
}
