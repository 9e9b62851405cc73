package org.quadralib.bench.peer;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.pytorch.jni.JniUtils;

/**
 * PyTorch's C++ library as DJL loads it. It comes with the class path: nothing is fetched when it
 * starts.
 */
public final class DjlEngine {
  private DjlEngine() {}

  /**
   * The engine, computing with so many threads when called from this thread.
   *
   * @throws PeerUnavailableException if the library cannot be loaded or does not take the number
   */
  public static Engine open(int threads) {
    // This program's own properties: DJL takes them from nowhere else.
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
    try {
      Engine engine = Engine.getEngine("PyTorch");
      JniUtils.setNumThreads(threads);
      if (JniUtils.getNumThreads() != threads) {
        throw new PeerUnavailableException(
            "libtorch computes with %d threads instead of %d"
                .formatted(JniUtils.getNumThreads(), threads));
      }
      return engine;
    } catch (EngineException | IllegalStateException | LinkageError e) {
      throw new PeerUnavailableException(
          "libtorch does not load here (it comes for x86-64 Linux only): " + e.getMessage(), e);
    }
  }

  /** Name and versions, for people. */
  public static String description(Engine engine) {
    return "libtorch %s through DJL %s".formatted(engine.getVersion(), Engine.getDjlVersion());
  }
}
