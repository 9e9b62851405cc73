package org.quadralib.vector;

import org.quadralib.backend.Backend;
import org.quadralib.backend.Backends;
import org.quadralib.contract.BackendContract;

/** The Vector API backend against the reference. */
class VectorContractTest extends BackendContract {
  @Override
  protected Backend backend(int threads) {
    return Backends.named("vector", threads);
  }
}
