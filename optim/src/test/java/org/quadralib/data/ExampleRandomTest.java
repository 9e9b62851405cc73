package org.quadralib.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ExampleRandomTest {

  @Test
  void drawsDependOnNothingButTheirPlace() {
    ExampleRandom a = new ExampleRandom(9);
    ExampleRandom b = new ExampleRandom(9);
    a.seek(2, 5, 1);
    int[] first = draws(a, 9);
    b.seek(0, 0, 0);
    draws(b, 3);
    b.seek(2, 5, 1);
    assertArrayEquals(first, draws(b, 9));
  }

  @Test
  void everyPartOfThePlaceMatters() {
    Set<Integer> seen = new HashSet<>();
    for (long seed : new long[] {1, 2, 1L << 32}) {
      ExampleRandom random = new ExampleRandom(seed);
      for (int epoch = 0; epoch < 3; epoch++) {
        for (int index = 0; index < 3; index++) {
          for (int stream : new int[] {0, 1, RandomStreams.SHUFFLE}) {
            random.seek(epoch, index, stream);
            assertTrue(seen.add(random.nextBits()), "a draw came twice");
          }
        }
      }
    }
    assertEquals(81, seen.size());
  }

  @Test
  void numbersBelowABoundAreEquallyLikely() {
    ExampleRandom random = new ExampleRandom(4);
    int[] counts = new int[9];
    int draws = 90_000;
    for (int i = 0; i < draws; i++) {
      counts[random.nextInt(9)]++;
    }
    double chiSquare = 0;
    for (int count : counts) {
      chiSquare += (count - 10_000.0) * (count - 10_000.0) / 10_000;
    }
    assertTrue(chiSquare < 26.1, "chi square " + chiSquare); // 8 degrees of freedom, p = 0.001
    assertEquals(0, random.nextInt(1));
    assertThrows(IllegalArgumentException.class, () -> random.nextInt(0));
  }

  @Test
  void doublesFillTheirInterval() {
    ExampleRandom random = new ExampleRandom(4);
    double sum = 0;
    for (int i = 0; i < 10_000; i++) {
      double value = random.nextDouble();
      assertTrue(value >= 0 && value < 1);
      sum += value;
    }
    assertEquals(0.5, sum / 10_000, 0.012); // four standard errors
  }

  @Test
  void aPermutationHasEveryNumberAndDependsOnSeedAndEpoch() {
    int[] order = permutation(1000, 7, 0);
    int[] sorted = order.clone();
    Arrays.sort(sorted);
    int[] identity = new int[1000];
    Permutation.identity(identity);
    assertArrayEquals(identity, sorted);
    assertArrayEquals(order, permutation(1000, 7, 0));
    assertTrue(!Arrays.equals(order, permutation(1000, 7, 1)));
    assertTrue(!Arrays.equals(order, permutation(1000, 8, 0)));
    assertTrue(!Arrays.equals(order, identity));
  }

  private static int[] permutation(int size, long seed, int epoch) {
    int[] order = new int[size];
    Permutation.fill(order, seed, epoch, RandomStreams.SHUFFLE);
    return order;
  }

  private static int[] draws(ExampleRandom random, int count) {
    int[] draws = new int[count];
    Arrays.setAll(draws, i -> random.nextBits());
    return draws;
  }
}
