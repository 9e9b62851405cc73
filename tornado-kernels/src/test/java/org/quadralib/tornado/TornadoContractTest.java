package org.quadralib.tornado;

import org.quadralib.backend.Backend;
import org.quadralib.contract.BackendContract;

/** The loops on the preferred device against the reference. */
@NeedsTornado
class TornadoContractTest extends BackendContract {
  private final Machines machines = new Machines(Devices.preferred().device(), Style.LOOPS);

  @Override
  protected Backend backend(int threads) {
    return new TornadoBackend(Devices.preferred(), Style.LOOPS, null, machines);
  }
}
