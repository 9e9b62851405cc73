package org.quadralib.analysis;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class AgreementTest {
  private static final Answers FIRST = new Answers(2, new float[] {5, 0, 0, 3, 1, 0, 0, 0.2f});
  private static final Answers SECOND = new Answers(2, new float[] {5, 0, 4, 0, 0, 1, 0.2f, 0});

  @Test
  void countsWhoIsRight() {
    Agreement agreement = Agreement.of(FIRST, SECOND, new int[] {0, 0, 0, -1});
    assertEquals(4, agreement.images());
    assertEquals(1, agreement.same());
    assertEquals(1, agreement.bothRight());
    assertEquals(1, agreement.onlyFirstRight());
    assertEquals(1, agreement.onlySecondRight());
    List<Integer> order = agreement.differing().stream().map(Agreement.Difference::image).toList();
    assertEquals(List.of(1, 2, 3), order, "those on which both are most sure first");
    assertEquals(1, agreement.differing().getFirst().first());
    assertEquals(0, agreement.differing().getFirst().second());
    assertEquals(1 / (1 + Math.exp(-3)), agreement.differing().getFirst().firstConfidence(), 1e-6);
  }

  @Test
  void aModelAgreesWithItself() {
    Agreement agreement = Agreement.of(FIRST, FIRST, new int[] {0, 1, 0, 1});
    assertEquals(4, agreement.same());
    assertEquals(4, agreement.bothRight());
    assertEquals(0, agreement.meanDifference());
    assertEquals(List.of(), agreement.differing());
  }

  @Test
  void sureOfOtherClassesIsTheLargestDifference() {
    Answers zero = new Answers(2, new float[] {50, 0});
    Answers one = new Answers(2, new float[] {0, 50});
    assertEquals(1, Agreement.of(zero, one, new int[] {0}).meanDifference(), 1e-9);
    assertEquals(1, zero.accuracy(new int[] {0}));
    assertEquals(0, one.accuracy(new int[] {0}));
  }
}
