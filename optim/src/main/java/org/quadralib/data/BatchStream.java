package org.quadralib.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The batches of one epoch, in order, prepared ahead by background threads.
 *
 * <p>Batch k always goes to buffer {@code k % buffers}. Workers take batch numbers in turn and wait
 * while the buffer still holds a batch that was not yet given back. For one consumer thread; {@link
 * #close()} may come from any.
 */
public final class BatchStream implements Iterator<Batch>, AutoCloseable {
  private final Dataset dataset;
  private final DataLoader.Settings settings;
  private final int[] order;
  private final Batch[] buffers;
  private final int epoch;
  private final int end;
  private final List<Thread> threads = new ArrayList<>();
  private final @Nullable ExampleReader ownReader; // when there are no threads

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // Guarded by the lock:
  private final int[] readyBatch; // per buffer: the batch that lies ready in it, or -1
  private final @Nullable Throwable[] failure; // per buffer: why its batch could not be prepared
  private int nextToPrepare;
  private int nextToGive;
  private int firstHeld; // batches before this one were given back
  private long waitNanos;
  private boolean closed;

  BatchStream(
      Dataset dataset,
      DataLoader.Settings settings,
      int[] order,
      Batch[] buffers,
      int epoch,
      int first,
      int end) {
    this.dataset = dataset;
    this.settings = settings;
    this.order = order;
    this.buffers = buffers;
    this.epoch = epoch;
    this.end = end;
    this.nextToPrepare = first;
    this.nextToGive = first;
    this.firstHeld = first;
    this.readyBatch = new int[buffers.length];
    Arrays.fill(readyBatch, -1);
    this.failure = new Throwable[buffers.length];
    this.ownReader = settings.prefetch() == 0 ? newReader() : null;
    int useful = settings.prefetch() == 0 ? 0 : Math.min(buffers.length, end - first);
    int workers = Math.min(settings.workers(), useful);
    for (int i = 0; i < workers; i++) {
      threads.add(new Worker(newReader()).thread("quadralib-data-" + dataset.name() + "-" + i));
    }
    threads.forEach(Thread::start);
  }

  private ExampleReader newReader() {
    return new ExampleReader(dataset, settings.transforms(), settings.seed());
  }

  /**
   * The batch that {@link #next()} gives next. With the epoch it is all that a checkpoint needs to
   * go on: {@code loader.epoch(epoch, position)}.
   */
  public int position() {
    lock.lock();
    try {
      return nextToGive;
    } finally {
      lock.unlock();
    }
  }

  /** Time that the consumer has waited for batches so far, in nanoseconds. */
  public long waitNanos() {
    lock.lock();
    try {
      return waitNanos;
    } finally {
      lock.unlock();
    }
  }

  /** Whether the epoch has another batch. */
  @Override
  public boolean hasNext() {
    return position() < end;
  }

  /**
   * Waits for the next batch. The one given before is no longer valid.
   *
   * @throws NoSuchElementException at the end of the epoch
   * @throws IllegalStateException if the stream is closed
   * @throws DataException if the batch could not be prepared (the stream is closed then), or the
   *     thread was interrupted
   */
  @Override
  public Batch next() {
    Throwable problem;
    int number;
    lock.lock();
    try {
      requireOpen();
      if (nextToGive >= end) {
        throw new NoSuchElementException(
            "Epoch %d of %s has %d batches only.".formatted(epoch, dataset.name(), end));
      }
      number = nextToGive;
      firstHeld = number;
      changed.signalAll();
      long start = System.nanoTime();
      int slot = number % buffers.length;
      if (ownReader != null) {
        prepareHere(number, slot, ownReader);
      }
      while (readyBatch[slot] != number) {
        changed.await();
        requireOpen();
      }
      waitNanos += System.nanoTime() - start;
      problem = failure[slot];
      if (problem == null) {
        nextToGive++;
        return buffers[slot];
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DataException(
          "Interrupted while waiting for a batch of %s.".formatted(dataset.name()), e);
    } finally {
      lock.unlock();
    }
    close();
    throw new DataException(
        "Batch %d of epoch %d of %s could not be prepared: %s"
            .formatted(number, epoch, dataset.name(), problem.getMessage()),
        problem);
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException(
          "The batches of epoch %d of %s are closed: open the epoch again."
              .formatted(epoch, dataset.name()));
    }
  }

  boolean isOpen() {
    lock.lock();
    try {
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  /** Ends the background work and waits until its threads are gone. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    // Not interrupted: that could close files under a data set that reads them. A worker finishes
    // the batch it is at.
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void prepare(int number, ExampleReader reader) {
    int from = number * settings.batchSize();
    int count = Math.min(settings.batchSize(), order.length - from);
    buffers[number % buffers.length].fill(epoch, number, order, from, count, reader, dataset);
  }

  private void prepareHere(int number, int slot, ExampleReader reader) {
    try {
      prepare(number, reader);
      failure[slot] = null;
    } catch (RuntimeException e) {
      failure[slot] = e; // so that the consumer sees the same error as with threads
    }
    readyBatch[slot] = number;
  }

  /** Takes the next batch number once its buffer is free; -1 when there is no more to do. */
  private int claim() {
    lock.lock();
    try {
      while (!closed && nextToPrepare < end && nextToPrepare >= firstHeld + buffers.length) {
        changed.awaitUninterruptibly();
      }
      return closed || nextToPrepare >= end ? -1 : nextToPrepare++;
    } finally {
      lock.unlock();
    }
  }

  private void finish(int number, @Nullable Throwable problem) {
    lock.lock();
    try {
      int slot = number % buffers.length;
      readyBatch[slot] = number;
      failure[slot] = problem;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private final class Worker implements Runnable {
    private final ExampleReader reader;
    private int number;

    Worker(ExampleReader reader) {
      this.reader = reader;
    }

    Thread thread(String name) {
      // Whatever ends the thread, errors of the virtual machine included, reaches the consumer.
      return Thread.ofPlatform()
          .daemon()
          .name(name)
          .uncaughtExceptionHandler((thread, problem) -> finish(number, problem))
          .unstarted(this);
    }

    @Override
    public void run() {
      for (number = claim(); number >= 0; number = claim()) {
        prepare(number, reader);
        finish(number, null);
      }
    }
  }
}
