package org.quadralib.tornado;

import static java.util.Objects.requireNonNull;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.quadralib.backend.DeviceException;
import org.quadralib.backend.DeviceTimes;
import org.quadralib.backend.Traffic;
import org.quadralib.tornado.kernel.TiledKernels;
import org.quadralib.tornado.kernel.TransferKernels;
import uk.ac.manchester.tornado.api.DataRange;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.ImmutableTaskGraph;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.TornadoExecutionResult;
import uk.ac.manchester.tornado.api.TornadoProfilerResult;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.WorkerGrid1D;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.enums.ProfilerMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * A program and its memory on a device: one TornadoVM execution plan with a task graph for each
 * unit, all of which share arrays that stay on the device. Kernels are compiled when they are first
 * launched and serve every program that is written into the machine later.
 */
final class Machine implements AutoCloseable {
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final int BOOT = 0;
  private static final int LOAD = 1;
  private static final int FIRST_UNIT = 2;

  private final String name = "quadralib" + COUNT.getAndIncrement();
  private final TornadoDevice device;
  private final Style style;
  private final Capacity capacity;
  private final FloatArray memory;
  private final IntArray program;
  private final IntArray counters = new IntArray(Capacity.counters());
  private final FloatArray constants;
  private final IntArray integers;
  private final FloatArray stage;
  private final TornadoExecutionPlan plan;
  private @Nullable TornadoExecutionResult last;
  private boolean broken;
  private long sent;
  private long received;
  private long launches;
  private long allocated;
  private final long[] compileNanos = new long[FIRST_UNIT + Program.UNITS];
  private boolean measuring;
  private DeviceTimes lastTimes = DeviceTimes.NONE;
  private long copied;
  private long returned;

  Machine(TornadoDevice device, Style style, Capacity capacity) {
    this.device = device;
    this.style = style;
    this.capacity = capacity;
    long header = TornadoNativeArray.ARRAY_HEADER;
    this.memory = new FloatArray(Math.toIntExact((capacity.memoryBytes() - header) / 4));
    this.program = new IntArray(capacity.code());
    this.constants = new FloatArray(capacity.constants());
    this.integers = new IntArray(capacity.integers());
    this.stage = new FloatArray(capacity.stage());
    memory.clear();
    program.clear();
    counters.clear();
    constants.clear();
    integers.clear();
    stage.clear();
    GridScheduler grids = new GridScheduler();
    this.plan = new TornadoExecutionPlan(graphs(grids));
    plan.withDevice(device);
    if (!grids.keySet().isEmpty()) {
      plan.withGridScheduler(grids);
    }
  }

  private ImmutableTaskGraph[] graphs(GridScheduler grids) {
    List<ImmutableTaskGraph> graphs = new ArrayList<>();
    int blocked = style.blocked() ? 1 : 0;
    graphs.add(
        new TaskGraph(name + "boot")
            .transferToDevice(DataTransferMode.FIRST_EXECUTION, memory)
            .transferToDevice(
                DataTransferMode.EVERY_EXECUTION, program, counters, constants, integers)
            .task(
                "boot",
                TransferKernels::boot,
                memory,
                program,
                counters,
                constants,
                integers,
                Program.COUNTERS,
                style.threads(),
                blocked)
            .persistOnDevice(memory, program, counters, constants, integers)
            .snapshot());
    graphs.add(
        new TaskGraph(name + "load")
            .consumeFromDevice(memory, program, counters, constants)
            .transferToDevice(DataTransferMode.EVERY_EXECUTION, integers, stage)
            .task(
                "load",
                TransferKernels::load,
                memory,
                program,
                counters,
                constants,
                integers,
                stage,
                style.threads(),
                blocked)
            .transferToHost(DataTransferMode.UNDER_DEMAND, memory)
            .persistOnDevice(memory, program, counters, constants, integers)
            .snapshot());
    for (int unit = 0; unit < Program.UNITS; unit++) {
      graphs.add(unit(unit, grids));
    }
    return graphs.toArray(ImmutableTaskGraph[]::new);
  }

  private ImmutableTaskGraph unit(int unit, GridScheduler grids) {
    Family family = Family.values()[unit / 2];
    String id = name + "unit" + unit;
    TaskGraph graph =
        new TaskGraph(id).consumeFromDevice(memory, program, counters, constants, integers);
    var tile = Kernels.tile(family);
    if (style.tiled() && tile.isPresent()) {
      graph.task(
          family.name(),
          tile.get(),
          new KernelContext(),
          memory,
          program,
          counters,
          constants,
          integers,
          unit,
          style.groups());
      grid(id, family, style.groups() * TiledKernels.GROUP, TiledKernels.GROUP, grids);
    } else {
      graph.task(
          family.name(),
          Kernels.loop(family),
          memory,
          program,
          counters,
          constants,
          integers,
          unit,
          style.threads(),
          style.blocked() ? 1 : 0);
      if (style.local() > 0) {
        grid(id, family, style.threads(), style.local(), grids);
      }
    }
    return graph.transferToHost(DataTransferMode.UNDER_DEMAND, memory).snapshot();
  }

  private static void grid(
      String graph, Family family, int threads, int group, GridScheduler grids) {
    WorkerGrid grid = new WorkerGrid1D(threads);
    grid.setLocalWork(group, 1, 1);
    grids.addWorkerGrid(graph + "." + family.name(), grid);
  }

  /** Sizes of its arrays. */
  Capacity capacity() {
    return capacity;
  }

  /** The copy of device memory on the host: only what is fetched is up to date. */
  MemorySegment mirror() {
    return memory.getSegmentWithHeader();
  }

  /** What has passed so far. */
  Traffic traffic() {
    return new Traffic(sent, received, launches);
  }

  /** Element of {@code memory} at a byte of the mirror. */
  static int element(long offset) {
    return Math.toIntExact((offset - TornadoNativeArray.ARRAY_HEADER) / 4);
  }

  /** Writes a program into the device. */
  void boot(Program code) {
    copy(code.code(), program);
    for (int i = 0; i < code.constants().length; i++) {
      constants.set(i, code.constants()[i]);
    }
    execute(BOOT, "the program");
    sent += bytes(program) + bytes(counters) + bytes(constants) + bytes(integers);
  }

  /** Integers that go along with the next {@link #load}. */
  IntArray integers() {
    return integers;
  }

  /** Floats that go along with the next {@link #load}. */
  MemorySegment stage() {
    return stage.getSegment();
  }

  /** Sends integers and stage, and copies the parts that the integers name. */
  void load() {
    execute(LOAD, "the inputs");
    sent += bytes(integers) + bytes(stage);
  }

  /** Runs the next launch of a unit. */
  void launch(int unit) {
    execute(FIRST_UNIT + unit, Family.values()[unit / 2].name());
    launches++;
  }

  /** Brings a part of device memory to the mirror, and waits for it. */
  void fetch(long offset, long bytes) {
    if (last == null) {
      throw new IllegalStateException("nothing ran yet");
    }
    DataRange range = new DataRange(memory).withOffset(element(offset)).withSize((bytes + 3) / 4);
    try {
      Profiling.fetch(this, this::executeNothing, () -> requireNonNull(last).transferToHost(range));
    } catch (RuntimeException e) {
      throw failed("bringing back " + bytes + " bytes", e);
    }
    received += (bytes + 3) / 4 * 4;
  }

  /** A load of no parts that begins no run. */
  private void executeNothing() {
    Staging.fillNone(integers);
    last = plan.withGraph(LOAD).execute();
    sent += bytes(integers) + bytes(stage);
  }

  /** How many launches the device has counted since the last run began, the load included. */
  int launched() {
    long offset = TornadoNativeArray.ARRAY_HEADER;
    fetch(offset, Float.BYTES);
    return (int) memory.get(0);
  }

  private void execute(int graph, String what) {
    boolean first = compileNanos[graph] == 0;
    try {
      last =
          first || measuring
              ? Profiling.measured(this, () -> executeMeasured(graph))
              : Profiling.unmeasured(() -> plan.withGraph(graph).execute());
    } catch (RuntimeException | InternalError e) { // what TornadoVM throws where it gives up
      throw failed(what, e);
    }
    allocated = Math.max(allocated, plan.getCurrentDeviceMemoryUsage());
  }

  private TornadoExecutionResult executeMeasured(int graph) {
    plan.withProfiler(ProfilerMode.SILENT);
    try {
      TornadoExecutionResult result = plan.withGraph(graph).execute();
      note(graph, result.getProfilerResult());
      return result;
    } finally {
      plan.withoutProfiler();
    }
  }

  private void note(int graph, TornadoProfilerResult result) {
    compileNanos[graph] += result.getCompileTime();
    lastTimes = new DeviceTimes(result.getDeviceKernelTime(), result.getDataTransfersTime(), 0);
    copied += result.getTotalBytesCopyIn();
    returned += result.getTotalBytesCopyOut();
  }

  /** Makes TornadoVM measure every launch, or only the first of each kernel. */
  void measure(boolean on) {
    measuring = on;
    copied = 0;
    returned = 0;
  }

  /** Of the last launch or load that was measured, without compilation. */
  DeviceTimes lastTimes() {
    return lastTimes;
  }

  /** Nanoseconds that compiling the kernel of a unit took, when it was first launched. */
  long compileNanos(int unit) {
    return compileNanos[FIRST_UNIT + unit];
  }

  /** Bytes that TornadoVM counted to the device since measuring was switched. */
  long copiedBytes() {
    return copied;
  }

  /** Bytes that TornadoVM counted from kernels to the host since then. */
  long returnedBytes() {
    return returned;
  }

  /** Most bytes that TornadoVM held on the device for it so far. */
  long allocatedBytes() {
    return allocated;
  }

  /** Whether something failed in it: TornadoVM does not recover from that. */
  boolean broken() {
    return broken;
  }

  private DeviceException failed(String what, Throwable e) {
    broken = true;
    String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    return new DeviceException(
        "%s failed on %s: %s; see the troubleshooting section of docs/gpu.md"
            .formatted(what, device.getDeviceName(), reason),
        e);
  }

  private static long bytes(TornadoNativeArray array) {
    return 4L * array.getSize();
  }

  private static void copy(int[] from, IntArray to) {
    for (int i = 0; i < from.length; i++) {
      to.set(i, from[i]);
    }
  }

  @Override
  public void close() {
    plan.freeDeviceMemory();
    try {
      plan.close();
    } catch (TornadoExecutionPlanException e) {
      throw new DeviceException("the memory of " + device.getDeviceName() + " was not freed", e);
    }
  }
}
