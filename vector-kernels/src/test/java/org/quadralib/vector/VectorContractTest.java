package org.quadralib.vector;

import org.quadralib.backend.Backend;
import org.quadralib.contract.BackendContract;
import org.quadralib.vector.conv.Winograd;

/**
 * The Vector API backend against the reference, without Winograd algorithms: their error depends on
 * the largest output rather than on each, and has a test of its own.
 */
class VectorContractTest extends BackendContract {
  @Override
  protected Backend backend(int threads) {
    return new VectorBackend(threads, Winograd.OFF);
  }
}
