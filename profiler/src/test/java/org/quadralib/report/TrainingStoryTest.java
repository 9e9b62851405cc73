package org.quadralib.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.quadralib.train.EpochResult;
import org.quadralib.train.Scores;

class TrainingStoryTest {
  private static EpochResult epoch(int number, double validationLoss, double validationAccuracy) {
    return new EpochResult(
        number,
        0.1,
        new Scores(0.01, 0.99, 100),
        Optional.of(new Scores(validationLoss, validationAccuracy, 20)),
        1,
        false);
  }

  private static List<String> remarks(EpochResult... history) {
    return new TrainingStory(
            TrainingStory.Ending.COMPLETED,
            history.length,
            List.of(history),
            Optional.of(history[history.length - 1]),
            Optional.empty(),
            1,
            null)
        .remarks();
  }

  @Test
  void aGapIsLearningByHeart() {
    List<String> remarks = remarks(epoch(0, 1, 0.5));
    assertEquals(1, remarks.size(), remarks.toString());
    assertTrue(remarks.getFirst().contains("by heart"), remarks.toString());
  }

  @Test
  void aLossThatIsNoNumberIsSaidAndNothingIsReadFromIt() {
    List<String> remarks =
        remarks(epoch(0, 1, 0.9), epoch(1, Double.NaN, 0.1), epoch(2, Double.NaN, 0.1));
    assertEquals(1, remarks.size(), remarks.toString());
    assertTrue(
        remarks.getFirst().contains("validation images stopped being a finite number in epoch 2"),
        remarks.toString());
    assertTrue(remarks.getFirst().contains("--lr"), remarks.toString());
  }
}
