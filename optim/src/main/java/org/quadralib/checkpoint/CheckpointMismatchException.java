package org.quadralib.checkpoint;

import java.nio.file.Path;
import java.util.List;

/** A checkpoint of another model, optimizer or data set; nothing of it was used. */
public final class CheckpointMismatchException extends CheckpointException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> differences;

  /** Lists the differences in one sentence. */
  public CheckpointMismatchException(Path file, List<String> differences) {
    super(
        "%s belongs to another run and was not used: %s; repeat that run's settings or start anew"
            .formatted(file, String.join("; ", differences)));
    this.differences = List.copyOf(differences);
  }

  /** Each difference: what it is, what the checkpoint has and what was expected. */
  public List<String> differences() {
    return differences;
  }
}
