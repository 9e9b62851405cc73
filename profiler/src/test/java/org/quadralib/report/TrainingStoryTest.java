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
    return epoch(number, 0.99, validationLoss, validationAccuracy);
  }

  private static EpochResult epoch(
      int number, double accuracy, double validationLoss, double validationAccuracy) {
    return new EpochResult(
        number,
        0.1,
        new Scores(0.01, accuracy, 100),
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
  void whatStillRisesIsNotAtItsEnd() {
    List<String> remarks =
        remarks(epoch(0, 0.3, 1, 0.3), epoch(1, 0.4, 1, 0.4), epoch(2, 0.5, 1, 0.5));
    assertEquals(1, remarks.size(), remarks.toString());
    assertTrue(remarks.getFirst().contains("from 40.00% to 50.00%"), remarks.toString());
    assertEquals(List.of(), remarks(epoch(0, 0.9, 1, 0.9), epoch(1, 0.9, 1, 0.9)));
  }

  @Test
  void aLossThatIsNoNumberIsSaidAndNothingIsReadFromIt() {
    List<String> remarks =
        remarks(epoch(0, 1, 0.9), epoch(1, Double.NaN, 0.1), epoch(2, Double.NaN, 0.1));
    assertEquals(1, remarks.size(), remarks.toString());
    assertTrue(
        remarks.getFirst().contains("was not a finite number in epochs 2 and 3,"),
        remarks.toString());
    assertTrue(remarks.getFirst().contains("--lr"), remarks.toString());
  }
}
