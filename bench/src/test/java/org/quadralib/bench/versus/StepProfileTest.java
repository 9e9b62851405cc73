package org.quadralib.bench.versus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.quadralib.bench.roof.Work;

class StepProfileTest {
  private static List<StepProfile.Row> rows(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new StepProfile.Row("op" + i, 2, 0.01, new Work(1_000_000, 500), 0.5))
        .toList();
  }

  @Test
  void showsTheLargestAndSumsUpTheRest() {
    List<String> lines = StepProfile.table("title", rows(100)).lines().toList();
    assertEquals(1 + 25 + 1, lines.size());
    assertTrue(lines.get(25).startsWith("op24 "), lines.get(25));
    String[] rest = lines.get(26).strip().split("\\s{2,}");
    assertEquals(List.of("the other 75", "150.000", "75.0%", "0.5", "0.0", "50%"), List.of(rest));
  }

  @Test
  void namesTheLargestGaps() {
    List<StepProfile.Row> rows =
        List.of(
            new StepProfile.Row("near", 100, 0.5, new Work(1, 1), 0.99),
            new StepProfile.Row("far", 10, 0.1, new Work(1, 1), 0.1),
            new StepProfile.Row("farther", 20, 0.2, new Work(1, 1), 0.2),
            new StepProfile.Row("faster", 5, 0.1, new Work(1, 1), 3));
    assertEquals(
        "largest gaps to the roof: farther 16.000 ms, far 9.000 ms, near 1.000 ms",
        StepProfile.gaps(rows).strip());
  }

  @Test
  void aDeviceAlsoTransfersAndCompiles() {
    List<StepProfile.Row> rows =
        List.of(new StepProfile.Row("Conv2d", 2, 0.9, new Work(4e6, 1e6), 0.5, 0.25, 130));
    List<String> lines = StepProfile.table("title", rows).lines().toList();
    assertTrue(lines.get(0).endsWith("transfer ms  compile ms"), lines.get(0));
    assertTrue(lines.get(1).endsWith("0.250       130.0"), lines.get(1));
  }

  @Test
  void showsAShortListInFull() {
    assertEquals(1 + 26, StepProfile.table("title", rows(26)).lines().count());
    assertTrue(StepProfile.table("title", rows(26)).contains("op25 "));
  }
}
