package org.quadralib.data;

/**
 * Numbers of the independent random streams of one seed, so that no two purposes share draws. They
 * lie far from 0, where dropout counts its steps with the same generator.
 */
final class RandomStreams {
  static final int SHUFFLE = -1;
  static final int SPLIT = -2;

  /** The stream of the first transform in the list; the others follow. */
  static final int TRANSFORMS = 1 << 30;

  private RandomStreams() {}
}
