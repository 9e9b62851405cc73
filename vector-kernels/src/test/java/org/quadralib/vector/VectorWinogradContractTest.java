package org.quadralib.vector;

import org.quadralib.backend.Backend;
import org.quadralib.contract.BackendContract;

/** The Vector API backend as users have it: Winograd algorithms where they cost least. */
class VectorWinogradContractTest extends BackendContract {
  @Override
  protected Backend backend(int threads) {
    return new VectorBackend(threads);
  }

  @Override
  protected boolean usesWinograd() {
    return true;
  }
}
