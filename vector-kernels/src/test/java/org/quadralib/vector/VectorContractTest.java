package org.quadralib.vector;

import org.quadralib.backend.Backend;
import org.quadralib.contract.BackendContract;
import org.quadralib.vector.conv.Winograd;

/** The Vector API backend without Winograd algorithms, each element within its own bound. */
class VectorContractTest extends BackendContract {
  @Override
  protected Backend backend(int threads) {
    return new VectorBackend(threads, Winograd.OFF);
  }
}
