package org.quadralib.contract;

import org.quadralib.backend.Backend;
import org.quadralib.backend.Backends;

/** The reference in float32 against itself in double precision. */
class ScalarContractTest extends BackendContract {
  @Override
  protected Backend backend(int threads) {
    return Backends.named("scalar", threads);
  }
}
