package org.quadralib.tornado;

import org.quadralib.backend.DeviceException;
import org.quadralib.backend.Peak;
import org.quadralib.tornado.kernel.PeakKernels;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.enums.ProfilerMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** What a device can do at most: multiply-adds on registers, and copying more than caches hold. */
final class PeakMeasurement {
  private static final int THREADS = 1 << 18;
  private static final int COPIED = 1 << 25;
  private static final int RUNS = 12;

  private PeakMeasurement() {}

  /** Measures for some seconds. */
  static Peak of(TornadoDevice device) {
    FloatArray result = new FloatArray(THREADS);
    result.init(0.5f);
    TaskGraph computing =
        new TaskGraph("peakcompute")
            .transferToDevice(DataTransferMode.FIRST_EXECUTION, result)
            .task("multiplyAdds", PeakKernels::multiplyAdds, result)
            .persistOnDevice(result);
    double flops = 2.0 * PeakKernels.FMAS * THREADS;
    FloatArray from = new FloatArray(COPIED);
    FloatArray to = new FloatArray(COPIED);
    from.clear();
    to.clear();
    TaskGraph copying =
        new TaskGraph("peakcopy")
            .transferToDevice(DataTransferMode.FIRST_EXECUTION, from, to)
            .task("copyAll", PeakKernels::copyAll, from, to)
            .persistOnDevice(from, to);
    double bytes = 2.0 * Float.BYTES * COPIED;
    return new Peak(flops / least(computing, device), bytes / least(copying, device));
  }

  /** Least time of the kernel of a graph, in nanoseconds. */
  private static long least(TaskGraph graph, TornadoDevice device) {
    try (TornadoExecutionPlan plan = new TornadoExecutionPlan(graph.snapshot())) {
      plan.withDevice(device).withProfiler(ProfilerMode.SILENT);
      long least = Long.MAX_VALUE;
      for (int i = 0; i < RUNS; i++) {
        least =
            Math.min(
                least,
                Profiling.measured(
                    plan, () -> plan.execute().getProfilerResult().getDeviceKernelTime()));
      }
      plan.freeDeviceMemory();
      return Math.max(1, least);
    } catch (TornadoExecutionPlanException e) {
      throw new DeviceException("the peak of " + device.getDeviceName() + " was not measured", e);
    }
  }
}
