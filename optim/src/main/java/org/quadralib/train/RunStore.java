package org.quadralib.train;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.quadralib.checkpoint.Checkpoint;
import org.quadralib.checkpoint.CheckpointException;
import org.quadralib.checkpoint.RunLock;
import org.quadralib.checkpoint.Weights;
import org.quadralib.io.Reasons;
import org.quadralib.layers.Model;
import org.quadralib.tensor.Tensor;

/**
 * A run in a folder of files. The best weights are written before the state that speaks of them: a
 * run killed between the two repeats the epoch and writes the same again.
 */
record RunStore(CheckpointPolicy policy, RunIdentity identity, Map<String, String> metadata)
    implements BestWeights {

  /**
   * Makes the folder for a new run.
   *
   * @return the right to write into it, to be closed
   * @throws CheckpointException if it holds a run already, is in use, or cannot be made
   */
  RunLock createNew() {
    try {
      Files.createDirectories(policy.directory());
    } catch (IOException e) {
      throw new CheckpointException(
          "cannot make the folder %s for checkpoints (%s); choose another"
              .formatted(policy.directory(), Reasons.of(e)),
          e);
    }
    RunLock lock = RunLock.acquire(policy.directory());
    if (Files.exists(policy.last())) {
      lock.close();
      throw new CheckpointException(
          policy.last() + " is there already; resume that run or choose another folder");
    }
    return lock;
  }

  /**
   * Opens the folder of a run that is to go on.
   *
   * @return the right to write into it, to be closed
   * @throws CheckpointException if it holds no run or is in use
   */
  RunLock reopen() {
    Checkpoint.requireExists(policy.last());
    return RunLock.acquire(policy.directory());
  }

  void save(Model model, Map<String, Tensor> optimizer, RunState state) {
    Map<String, String> text = describe();
    text.putAll(state.toMetadata());
    Checkpoint.save(policy.last(), model.parameters(), optimizer, text);
  }

  /**
   * Reads the last checkpoint into a model and an optimizer's state.
   *
   * @throws CheckpointException if there is none, it is damaged or of another run; nothing is
   *     changed then
   */
  RunState load(Model model, Map<String, Tensor> optimizer) {
    removeLeftovers();
    try (Checkpoint checkpoint = Checkpoint.open(policy.last())) {
      identity.require(policy.last(), checkpoint.metadata());
      RunState state;
      try {
        state = RunState.fromMetadata(checkpoint.metadata());
      } catch (IllegalArgumentException e) {
        throw new CheckpointException(
            policy.last() + " is damaged: " + e.getMessage() + "; start a new run", e);
      }
      if (state.bestEpoch().isPresent() && !Files.exists(policy.best())) {
        throw new CheckpointException(
            "the best weights %s are gone; put them back or start a new run"
                .formatted(policy.best()));
      }
      checkpoint.copyTo(model.parameters(), optimizer);
      return state;
    }
  }

  @Override
  public void keep(Model model, EpochResult result) {
    Scores validation = result.validation().orElseThrow();
    Map<String, String> text = describe();
    text.put("epoch", Integer.toString(result.epoch()));
    text.put("validation.accuracy", Double.toString(validation.accuracy()));
    text.put("validation.loss", Double.toString(validation.loss()));
    Weights.save(policy.best(), model, text);
  }

  private Map<String, String> describe() {
    Map<String, String> text = new LinkedHashMap<>(metadata);
    text.putAll(identity.toMetadata());
    return text;
  }

  @Override
  public void restore(Model model) {
    Weights.load(policy.best(), model);
  }

  @Override
  public long bytes(Model model) {
    return 0;
  }

  /** A process that is killed while it writes leaves the file it was writing. */
  private void removeLeftovers() {
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(policy.directory(), ".quadralib-*.tmp")) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      System.getLogger(RunStore.class.getName())
          .log(
              System.Logger.Level.WARNING,
              () -> "cannot remove unfinished files in " + policy.directory() + ": " + e);
    }
  }
}
