package org.quadralib.io;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/**
 * A PyTorch file taken apart: the value that was saved, and its storages.
 *
 * @param root made of lists, maps, texts, numbers and {@link TorchGlobals.View}
 */
record PthContent(Object root, ByteOrder order, Storages storages) {
  /** Where elements come from. */
  @FunctionalInterface
  interface Storages {
    /** The bytes of a storage, as many as its elements need. */
    MemorySegment bytes(TorchGlobals.Storage storage) throws IOException;
  }
}
