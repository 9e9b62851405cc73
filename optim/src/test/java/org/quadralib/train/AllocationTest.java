package org.quadralib.train;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.quadralib.backend.Backend;
import org.quadralib.backend.Backends;
import org.quadralib.layers.Model;

/** What all threads of the JVM allocate on the heap while a run is in its stride. */
class AllocationTest {
  private static final long LIMIT = 64 * 1024;
  private static final int FROM = 3;
  private static final int TO = 8;
  private static final int LATE = 21;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Without devices: TornadoVM allocates for every launch. */
  static List<String> backends() {
    return TestBackends.names().stream().filter(name -> !name.equals("tornado")).toList();
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aStepAllocatesNextToNothing(String backendName) {
    List<Long> windows = new ArrayList<>();
    try (Backend backend = Backends.named(backendName, 2);
        Model model = TinyRun.model()) {
      Trainer[] trainer = new Trainer[1];
      TrainingListener meter =
          new TrainingListener() {
            private long before;

            @Override
            public void onStep(StepProgress progress) {
              if (progress.step() == FROM) {
                before = threads.getTotalThreadAllocatedBytes();
              } else if (progress.step() == TO) {
                windows.add((threads.getTotalThreadAllocatedBytes() - before) / (TO - FROM));
                // Vectors are objects until the compiler has seen the code that uses them.
                if (windows.size() >= LATE && lateMedian(windows) < LIMIT / 4) {
                  trainer[0].stop();
                }
              }
            }
          };
      TrainingConfig config = TinyRun.config().epochs(2000).listener(meter).build();
      trainer[0] = new Trainer(model, backend, config);
      trainer[0].fit(TinyRun.data());
    }
    long median = lateMedian(windows);
    System.out.printf("heap allocated per step on %s: %s bytes%n", backendName, median);
    assertTrue(median < LIMIT, median + " bytes per step on " + backendName);
  }

  /** Not the best window: half of the last must be as good as that. */
  private static long lateMedian(List<Long> windows) {
    List<Long> late = windows.subList(Math.max(0, windows.size() - LATE), windows.size());
    return late.stream().sorted().toList().get(late.size() / 2);
  }
}
