package org.quadralib.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.quadralib.io.Reasons;

/**
 * The right to write into the folder of a run. The operating system holds it on the file {@link
 * #FILE} and drops it when the process ends, however it ends; the file itself stays and means
 * nothing.
 */
public final class RunLock implements AutoCloseable {
  /** Name of the file in the folder. */
  public static final String FILE = "run.lock";

  private final FileChannel channel;

  private RunLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Locks a folder, without waiting.
   *
   * @param folder must exist
   * @throws CheckpointException if someone else has it, in this process or another, or the file
   *     cannot be written
   */
  public static RunLock acquire(Path folder) {
    try {
      FileChannel channel =
          FileChannel.open(
              folder.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (lock(channel) == null) {
        channel.close();
        throw new CheckpointException(
            "another run is writing into the folder %s; wait until it has ended, or choose another folder"
                .formatted(folder));
      }
      return new RunLock(channel);
    } catch (IOException e) {
      throw new CheckpointException(
          "cannot lock the folder %s (%s); choose one that can be written"
              .formatted(folder, Reasons.of(e)),
          e);
    }
  }

  private static @Nullable FileLock lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // held by this process
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // Nothing was written through it; the lock goes with the process at the latest.
    }
  }
}
