package org.quadralib.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/**
 * Against PyTorch 2.13:
 *
 * <pre>
 *   o = torch.optim.SGD([p], 0.1)
 *   s = torch.optim.lr_scheduler.OneCycleLR(o, 0.4, total_steps=20, cycle_momentum=False)
 *   for i in range(20):
 *     print(o.param_groups[0]['lr']); o.step()
 *     if i &lt; 19: s.step()
 * </pre>
 */
class ScheduleTest {
  @Test
  void constantStays() {
    assertRates(Schedule.constant(0.3), 0.3, 0.3, 0.3);
  }

  // StepLR(o, 3, 0.5)
  @Test
  void stepDecayFallsInSteps() {
    assertRates(Schedule.stepDecay(0.1, 0.5, 3), 0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.025, 0.025);
  }

  // CosineAnnealingLR(o, 10, 1e-4)
  @Test
  void cosineIsThatOfPyTorch() {
    Schedule schedule = Schedule.cosine(0.1, 1e-4, 10);
    assertRates(
        schedule,
        0.1,
        0.09755527298894293,
        0.09046039886902862,
        0.07940987335200904,
        0.06548539886902863,
        0.050050000000000004,
        0.03461460113097138,
        0.020690126647990973,
        0.00963960113097138,
        0.002544727011057081,
        0.0001);
    assertEquals(1e-4, schedule.learningRate(1000), 1e-18, "the last rate stays");
  }

  @Test
  void oneCycleIsThatOfPyTorch() {
    Schedule schedule = Schedule.oneCycle(0.4, 20);
    assertRates(
        schedule,
        0.016000000000000014,
        0.05266873708001013,
        0.1486687370800101,
        0.2673312629199899,
        0.3633312629199899,
        0.4,
        0.39498560249403497,
        0.38019385280538953,
        0.35636647102842,
        0.3246982615799052,
        0.28677720071652035,
        0.24450480877451572,
        0.2000008,
        0.1554967912254843,
        0.11322439928347969,
        0.0753033384200948,
        0.04363512897158001,
        0.019807747194610516,
        0.005015997505965022,
        1.6e-06);
    assertEquals(1.6e-6, schedule.learningRate(1000), 1e-12, "the last rate stays");
  }

  @Test
  void shortOneCyclesAreFinite() {
    for (int steps = 2; steps < 12; steps++) {
      for (int step = 0; step < steps + 2; step++) {
        double rate = Schedule.oneCycle(1, steps).learningRate(step);
        assertEquals(rate, Math.clamp(rate, 0, 1), "step %d of %d".formatted(step, steps));
      }
    }
  }

  @Test
  void warmUpRisesLinearly() {
    assertRates(Schedule.constant(0.4).warmUp(4), 0.1, 0.2, 0.3, 0.4, 0.4);
  }

  @Test
  void impossibleNumbersAreErrors() {
    assertThrows(IllegalArgumentException.class, () -> Schedule.constant(-1));
    assertThrows(IllegalArgumentException.class, () -> Schedule.cosine(0.1, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> Schedule.oneCycle(0.1, 1));
    assertThrows(IllegalArgumentException.class, () -> Schedule.constant(1).warmUp(0));
  }

  private static void assertRates(Schedule schedule, double... expected) {
    for (int step = 0; step < expected.length; step++) {
      assertEquals(
          expected[step], schedule.learningRate(step), 1e-12 * expected[step], "step " + step);
    }
  }
}
