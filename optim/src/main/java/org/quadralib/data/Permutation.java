package org.quadralib.data;

/** The order of the examples in an epoch: a function of seed and epoch. */
final class Permutation {
  private Permutation() {}

  /** Fills {@code order} with the numbers 0 to {@code order.length - 1}, shuffled. */
  static void fill(int[] order, long seed, int epoch, int stream) {
    identity(order);
    ExampleRandom random = new ExampleRandom(seed);
    random.seek(epoch, 0, stream);
    for (int i = order.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swap = order[i];
      order[i] = order[j];
      order[j] = swap;
    }
  }

  /** Fills {@code order} with the numbers 0 to {@code order.length - 1} as they come. */
  static void identity(int[] order) {
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
  }
}
