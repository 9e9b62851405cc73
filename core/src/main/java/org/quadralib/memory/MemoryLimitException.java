package org.quadralib.memory;

/** More memory was asked for than there is. */
public final class MemoryLimitException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long neededBytes;
  private final long availableBytes;

  /** An allocation of {@code neededBytes} for {@code owner} where only so much is available. */
  public MemoryLimitException(String owner, long neededBytes, long availableBytes) {
    super(
        "%s needs %s of memory, but only %s is available; use a smaller batch"
            .formatted(owner, Bytes.format(neededBytes), Bytes.format(availableBytes)));
    this.neededBytes = neededBytes;
    this.availableBytes = availableBytes;
  }

  /** Bytes asked for. */
  public long neededBytes() {
    return neededBytes;
  }

  /** Bytes that could have been had. */
  public long availableBytes() {
    return availableBytes;
  }
}
