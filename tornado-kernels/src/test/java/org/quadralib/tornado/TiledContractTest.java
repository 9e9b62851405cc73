package org.quadralib.tornado;

import org.quadralib.backend.Backend;
import org.quadralib.contract.BackendContract;

/** The kernels for graphics cards, with local memory, against the reference. */
@NeedsTornado
class TiledContractTest extends BackendContract {
  private static final Style TILES = Style.LOOPS.withTiles(true);

  private final Machines machines = new Machines(Devices.preferred().device(), TILES);

  @Override
  protected Backend backend(int threads) {
    return new TornadoBackend(Devices.preferred(), TILES, null, machines);
  }
}
