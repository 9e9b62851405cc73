package org.quadralib.vector.parallel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkerPoolTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5})
  void runsEveryTaskOnce(int threads) {
    try (WorkerPool pool = new WorkerPool(threads)) {
      for (int loop = 0; loop < 3000; loop++) {
        int tasks = loop % 17;
        AtomicIntegerArray runs = new AtomicIntegerArray(tasks);
        pool.parallelFor(
            tasks,
            (task, worker) -> {
              assertTrue(worker >= 0 && worker < threads);
              runs.incrementAndGet(task);
            });
        for (int i = 0; i < tasks; i++) {
          assertEquals(1, runs.get(i), "runs of task " + i);
        }
      }
    }
  }

  @Test
  void wakesHelpersThatSleep() throws InterruptedException {
    try (WorkerPool pool = new WorkerPool(2)) {
      for (int loop = 0; loop < 5; loop++) {
        Thread.sleep(20);
        AtomicIntegerArray workers = new AtomicIntegerArray(2);
        pool.parallelFor(
            2,
            (task, worker) -> {
              workers.incrementAndGet(worker);
              // Each task waits for the other, so both threads have to come.
              long end = System.nanoTime() + 5_000_000_000L;
              while (workers.get(0) + workers.get(1) < 2 && System.nanoTime() < end) {
                Thread.onSpinWait();
              }
            });
        assertEquals(1, workers.get(0));
        assertEquals(1, workers.get(1));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void passesOnWhatATaskThrowsAndGoesOn(int threads) {
    try (WorkerPool pool = new WorkerPool(threads)) {
      for (int bad = 0; bad < 20; bad++) {
        int thrower = bad;
        RuntimeException thrown =
            assertThrows(
                RuntimeException.class,
                () ->
                    pool.parallelFor(
                        20,
                        (task, worker) -> {
                          if (task == thrower) {
                            throw new UnsupportedOperationException("task " + task);
                          }
                        }));
        assertEquals("task " + bad, thrown.getMessage());
        AtomicIntegerArray runs = new AtomicIntegerArray(7);
        pool.parallelFor(7, (task, worker) -> runs.incrementAndGet(task));
        for (int i = 0; i < 7; i++) {
          assertEquals(1, runs.get(i));
        }
      }
    }
  }

  @Test
  void refusesNestedLoopsAndUseAfterClose() {
    WorkerPool pool = new WorkerPool(2);
    assertThrows(
        IllegalStateException.class,
        () -> pool.parallelFor(3, (task, worker) -> pool.parallelFor(1, (t, w) -> {})));
    pool.close();
    pool.close();
    assertThrows(IllegalStateException.class, () -> pool.parallelFor(1, (task, worker) -> {}));
    assertThrows(IllegalArgumentException.class, () -> new WorkerPool(0));
  }
}
