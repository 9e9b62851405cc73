package org.quadralib.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class WarmUpTest {
  @Test
  void warmsUpUntilNothingGetsFaster() {
    double[] next = {1000};
    int turn =
        new WarmUp(60, () -> 0)
            .steadyTurn(
                times -> {
                  next[0] = Math.max(10, 0.99 * next[0]);
                  return next[0];
                });
    assertEquals(10, next[0]);
    assertEquals(4, turn, "40 ms in turns of 10 ms");
  }

  @Test
  void warmsUpUntilCompilersRest() {
    int[] runs = {0};
    long[] compilerMillis = {0};
    int turn =
        new WarmUp(60, () -> compilerMillis[0])
            .steadyTurn(
                times -> {
                  runs[0]++;
                  compilerMillis[0] += runs[0] < 100 ? 10 : 0;
                  return 100;
                });
    assertEquals(1, turn);
    // Two windows of five after the last run in which something was compiled.
    assertEquals(111, runs[0]);
  }

  @Test
  void endsInTimeWhateverCompilersDo() {
    int[] runs = {0};
    new WarmUp(0, () -> 0)
        .steadyTurn(
            times -> {
              runs[0]++;
              return 100;
            });
    assertEquals(1, runs[0], "one tells how long a turn is");
  }
}
