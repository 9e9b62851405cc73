package org.quadralib.tornado;

import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * TornadoVM's profiler has one switch for the whole process: each execution sets it to what its own
 * plan wants, while others may be under way, and leaves it so. What is measured therefore runs
 * alone, and what is not runs beside others that are not.
 */
final class Profiling {
  private static final ReentrantReadWriteLock SWITCH = new ReentrantReadWriteLock();
  private static volatile @Nullable Object leftOn;

  private Profiling() {}

  /** Executes something that wants the profiler on, for an owner. */
  static <T> T measured(Object owner, Supplier<T> execution) {
    return under(
        SWITCH.writeLock(),
        () -> {
          leftOn = owner;
          return execution.get();
        });
  }

  /** Executes something that wants it off. */
  static <T> T unmeasured(Supplier<T> execution) {
    return under(
        SWITCH.readLock(),
        () -> {
          T result = execution.get();
          leftOn = null;
          return result;
        });
  }

  /**
   * Brings something back, which does not set the switch. Where another owner has left it on,
   * TornadoVM would look for times that this one does not measure, and print that there are none.
   *
   * @param execution of nothing, without the profiler
   */
  static void fetch(Object owner, Runnable execution, Runnable fetch) {
    under(
        SWITCH.readLock(),
        () -> {
          Object on = leftOn;
          if (on != null && on != owner) {
            execution.run();
            leftOn = null;
          }
          fetch.run();
          return owner;
        });
  }

  private static <T> T under(Lock lock, Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }
}
