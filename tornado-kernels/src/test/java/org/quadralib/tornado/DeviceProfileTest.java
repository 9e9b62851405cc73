package org.quadralib.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quadralib.backend.Backend;
import org.quadralib.backend.DeviceProfile;
import org.quadralib.backend.DeviceTimes;
import org.quadralib.backend.Executable;
import org.quadralib.backend.Peak;
import org.quadralib.backend.Traffic;
import org.quadralib.graph.GraphBuilder;
import org.quadralib.graph.op.Binary;
import org.quadralib.graph.op.MulAdd;
import org.quadralib.memory.TensorArena;
import org.quadralib.plan.Plan;
import org.quadralib.tensor.Tensor;
import org.quadralib.tensor.TensorType;

/** What TornadoVM counts is what the plan says and what was asked for. */
@NeedsTornado
class DeviceProfileTest {
  /** What TornadoVM sends to a device with each launch beside data: the frame of its arguments. */
  private static final long FRAME = 64;

  private static Plan plan(Backend backend, int size) {
    GraphBuilder graph = new GraphBuilder();
    var x = graph.input("x", TensorType.float32(size));
    var y = graph.apply(new MulAdd(), x, x, x);
    graph.output("y", graph.apply(new Binary(Binary.Function.ADD), y, x));
    return backend.plan(graph.build());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1000, 5_000_001})
  void plannedBytesAreAllocated(int size) {
    try (Backend backend = new TornadoBackend(Devices.preferred(), Style.LOOPS, null);
        TensorArena arena = TensorArena.root("test")) {
      Plan plan = plan(backend, size);
      Executable executable = backend.compile(plan, arena, Map.of());
      assertEquals(plan.slabBytes(), arena.ledger().total());
      executable.run();
      assertEquals(plan.slabBytes(), executable.deviceBytes());
    }
  }

  @Test
  void onlyInputsGoToTheDeviceAndEveryKernelIsMeasured() {
    try (Backend backend = new TornadoBackend(Devices.preferred(), Style.LOOPS, null);
        TensorArena arena = TensorArena.root("test")) {
      Executable executable = backend.compile(plan(backend, 100_000), arena, Map.of());
      assertTrue(executable.deviceProfile().isEmpty());
      executable.measureDevice(true);
      Traffic before = executable.traffic();
      executable.run();
      Traffic traffic = executable.traffic().since(before);
      DeviceProfile profile = executable.deviceProfile().orElseThrow();
      assertEquals(2, profile.nodes().size());
      for (DeviceTimes times : profile.nodes()) {
        assertTrue(times.kernel() > 0 && times.compile() > 0, times::toString);
      }
      long frames = FRAME * (traffic.launches() + 1);
      long extra = profile.copiedBytes() - traffic.sentBytes();
      assertTrue(extra >= 0 && extra <= frames, profile + " " + traffic);
      assertTrue(traffic.sentBytes() >= 400_000 && traffic.sentBytes() < 402_000, "" + traffic);
      assertEquals(0, profile.returnedBytes());
      assertEquals(4, traffic.receivedBytes(), "a count: nobody has asked for the output");
      executable.measureDevice(false);
      assertTrue(executable.deviceProfile().isEmpty());
    }
  }

  @Test
  void anOutputComesBackOnceItIsAskedForAndThenAfterEveryRun() {
    int size = 1000;
    try (Backend backend = new TornadoBackend(Devices.preferred(), Style.LOOPS, null);
        TensorArena arena = TensorArena.root("test")) {
      Executable executable = backend.compile(plan(backend, size), arena, Map.of());
      executable.input("x").fill(2);
      executable.run();
      assertEquals(4, executable.traffic().receivedBytes(), "a count");
      Tensor y = executable.output("y");
      assertEquals(4 + 4 * size, executable.traffic().receivedBytes());
      assertEquals(2 * 2 + 2 + 2, y.get(size - 1));
      executable.input("x").fill(3);
      executable.run();
      assertEquals(2 * (4 + 4 * size), executable.traffic().receivedBytes());
      assertEquals(3 * 3 + 3 + 3, y.get(size - 1), "a tensor once handed out is never stale");
      executable.output("y");
      assertEquals(2 * (4 + 4 * size), executable.traffic().receivedBytes());
    }
  }

  /** TornadoVM has one switch for all plans of a process, and complains where it is left on. */
  @Test
  void otherPlansDoNotSwitchTheProfilerOff() throws Exception {
    try (Backend backend = new TornadoBackend(Devices.preferred(), Style.LOOPS, null);
        TensorArena arena = TensorArena.root("test")) {
      Executable measured = backend.compile(plan(backend, 10_000), arena, Map.of());
      Executable other = backend.compile(plan(backend, 100), arena, Map.of());
      measured.run();
      other.run();
      PrintStream before = System.out;
      ByteArrayOutputStream printed = new ByteArrayOutputStream();
      AtomicBoolean ended = new AtomicBoolean();
      try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
        Future<?> running =
            thread.submit(
                () -> {
                  while (!ended.get()) {
                    other.run();
                  }
                });
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
          Set<Long> copied = new HashSet<>();
          for (int i = 0; i < 200; i++) {
            measured.measureDevice(true);
            measured.run();
            copied.add(measured.deviceProfile().orElseThrow().copiedBytes());
          }
          assertEquals(1, copied.size(), copied::toString);
        } finally {
          ended.set(true);
          System.setOut(before);
        }
        running.get();
        assertEquals("", printed.toString(StandardCharsets.UTF_8));
      }
    }
  }

  @Test
  void aPeakIsMeasured() {
    try (Backend backend = new TornadoBackend(Devices.preferred(), Style.LOOPS, null)) {
      Peak peak = backend.measurePeak().orElseThrow();
      assertTrue(peak.gigaflops() > 0.1 && peak.gigaflops() < 1e6, peak::toString);
      assertTrue(peak.gigabytes() > 0.01 && peak.gigabytes() < 1e5, peak::toString);
    }
  }
}
