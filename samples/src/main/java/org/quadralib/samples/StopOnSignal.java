package org.quadralib.samples;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns Ctrl-C and SIGTERM into an orderly end: the JVM waits for the work to be saved before it
 * exits. Open it before the work and close it when all is written and said.
 */
final class StopOnSignal implements AutoCloseable {
  /** A step, an evaluation's batch, a checkpoint and some air. */
  private static final long MAX_SECONDS = 120;

  private final Runnable stop;
  private final CountDownLatch done = new CountDownLatch(1);
  private final Thread hook = new Thread(this::stopAndWait, "quadra-stop");

  /**
   * Starts to watch.
   *
   * @param stop asks the work to end soon; called from another thread
   */
  StopOnSignal(Runnable stop) {
    this.stop = stop;
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void stopAndWait() {
    stop.run();
    try {
      if (!done.await(MAX_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("quadra: not saved within " + MAX_SECONDS + " s, giving up");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    done.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is ending: the hook has done its work.
    }
  }
}
