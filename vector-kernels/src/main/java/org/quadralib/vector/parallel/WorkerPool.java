package org.quadralib.vector.parallel;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A fixed set of threads that runs the tasks of one parallel loop at a time.
 *
 * <p>The caller is worker 0 and takes part; {@code threads − 1} daemon threads help. Tasks are
 * claimed one by one, each worker's own share first and then what is left of the others', so their
 * order and their assignment to workers vary from run to run: a task's result must depend on its
 * number only. Shares are the same in every loop with as many tasks: what a worker wrote in one,
 * such as the images of a batch, it tends to read in the next, and two cores need not have a cache
 * in common. A call allocates nothing. A helper that waits spins for some tens of microseconds,
 * long enough to bridge the gap between two kernels of a step, and then parks; a call never waits
 * for a helper that has not yet woken up.
 */
public final class WorkerPool implements AutoCloseable {

  /** Spins before parking; one spin is some tens of cycles. */
  private static final int SPINS = 1_000;

  /** Bit of {@link #region} that says that no helper may join any more. */
  private static final long CLOSED = 1L << 31;

  private static final int SPREAD = 128 / Integer.BYTES;

  private static final long JOINED_MASK = CLOSED - 1;
  private static final long NEXT_EPOCH = 1L << 32;

  /**
   * Number of the parallel loop (high half), whether it is closed, and how many helpers are in it.
   */
  private final AtomicLong region = new AtomicLong(CLOSED);

  /** The next task of each worker's share, {@link #SPREAD} apart lest they share a cache line. */
  private final AtomicIntegerArray nextTasks;

  private final AtomicBoolean busy = new AtomicBoolean();
  private final Helper[] helpers;

  // Written by the caller before the loop opens, read by helpers that have joined it.
  private @Nullable ParallelTask task;
  private int taskCount;
  private volatile @Nullable Thread caller;
  private volatile @Nullable Throwable failure;
  private volatile boolean shutdown;

  /**
   * Starts a pool.
   *
   * @param threads number of threads that compute, the calling one included; at least 1
   */
  public WorkerPool(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, but is " + threads);
    }
    nextTasks = new AtomicIntegerArray(threads * SPREAD);
    helpers = new Helper[threads - 1];
    for (int i = 0; i < helpers.length; i++) {
      helpers[i] = new Helper(i + 1);
      helpers[i].start();
    }
  }

  /** Number of threads that compute, the calling one included. */
  public int threads() {
    return helpers.length + 1;
  }

  /**
   * Runs tasks 0 to {@code tasks − 1} and returns when all have ended.
   *
   * @throws IllegalStateException if the pool is closed, or already runs a loop (loops do not nest)
   * @throws RuntimeException what a task threw; tasks not yet begun are then skipped
   */
  public void parallelFor(int tasks, ParallelTask body) {
    Objects.requireNonNull(body, "body");
    if (shutdown) {
      throw new IllegalStateException("This worker pool is closed; create a new one.");
    }
    if (!busy.compareAndSet(false, true)) {
      throw new IllegalStateException(
          "This worker pool is already running a loop; loops do not nest, and each thread that runs"
              + " kernels needs a pool of its own.");
    }
    try {
      if (tasks == 1 || helpers.length == 0) {
        for (int i = 0; i < tasks; i++) {
          body.run(i, 0);
        }
      } else if (tasks > 1) {
        runShared(tasks, body);
      }
    } finally {
      busy.set(false);
    }
  }

  private void runShared(int tasks, ParallelTask body) {
    task = body;
    taskCount = tasks;
    failure = null;
    caller = Thread.currentThread();
    for (int worker = 0; worker < threads(); worker++) {
      nextTasks.set(worker * SPREAD, endOfShare(worker - 1));
    }
    long epoch = (region.get() & -NEXT_EPOCH) + NEXT_EPOCH;
    region.set(epoch);
    int wanted = Math.min(helpers.length, tasks - 1);
    for (int i = 0; i < wanted; i++) {
      helpers[i].wake();
    }
    claimTasks(0);
    region.getAndAdd(CLOSED);
    awaitHelpers();
    task = null;
    Throwable thrown = failure;
    if (thrown != null) {
      failure = null;
      rethrow(thrown);
    }
  }

  private void awaitHelpers() {
    int spins = 0;
    while ((region.get() & JOINED_MASK) != 0) {
      if (spins < SPINS) {
        spins++;
        Thread.onSpinWait();
      } else {
        LockSupport.park(this);
      }
    }
  }

  private void claimTasks(int worker) {
    ParallelTask body = Objects.requireNonNull(task);
    try {
      for (int i = 0; i < threads(); i++) {
        int owner = (worker + i) % threads();
        int end = endOfShare(owner);
        int next = nextTasks.getAndIncrement(owner * SPREAD);
        while (next < end) {
          body.run(next, worker);
          next = nextTasks.getAndIncrement(owner * SPREAD);
        }
      }
    } catch (RuntimeException | Error e) {
      failure = e;
      for (int owner = 0; owner < threads(); owner++) {
        nextTasks.set(owner * SPREAD, endOfShare(owner));
      }
    }
  }

  /** The task behind the last of a worker's share. */
  private int endOfShare(int worker) {
    return (int) ((worker + 1L) * taskCount / threads());
  }

  private boolean isAnyTaskLeft() {
    for (int owner = 0; owner < threads(); owner++) {
      if (nextTasks.get(owner * SPREAD) < endOfShare(owner)) {
        return true;
      }
    }
    return false;
  }

  private static void rethrow(Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    throw (RuntimeException) thrown;
  }

  /** Ends the helper threads and waits for them. A second call does nothing. */
  @Override
  public void close() {
    if (busy.get()) {
      throw new IllegalStateException("This worker pool cannot be closed while it runs a loop.");
    }
    shutdown = true;
    boolean interrupted = false;
    for (Helper helper : helpers) {
      LockSupport.unpark(helper);
      while (helper.isAlive()) {
        try {
          helper.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Helper extends Thread {
    private final int worker;
    private volatile boolean parked;

    Helper(int worker) {
      super("quadralib-worker-" + worker);
      this.worker = worker;
      setDaemon(true);
    }

    void wake() {
      if (parked) {
        LockSupport.unpark(this);
      }
    }

    @Override
    public void run() {
      int spins = 0;
      while (!shutdown) {
        if (helpOnce()) {
          spins = 0;
        } else if (spins < SPINS) {
          spins++;
          Thread.onSpinWait();
        } else {
          parked = true;
          // A loop that opened before the flag was seen would not have woken this thread.
          if ((region.get() & CLOSED) != 0 && !shutdown) {
            LockSupport.park(WorkerPool.this);
          }
          parked = false;
          spins = 0;
        }
      }
    }

    /** Joins the open loop, if there is one with tasks left. */
    private boolean helpOnce() {
      long seen = region.get();
      if ((seen & CLOSED) != 0 || !isAnyTaskLeft()) {
        return false;
      }
      if (!region.compareAndSet(seen, seen + 1)) {
        return true;
      }
      claimTasks(worker);
      long left = region.decrementAndGet();
      if ((left & JOINED_MASK) == 0 && (left & CLOSED) != 0) {
        LockSupport.unpark(caller);
      }
      return true;
    }
  }
}
