package org.quadralib.tornado;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import uk.ac.manchester.tornado.api.common.TornadoDevice;

/**
 * Machines of a device that are not in use. A plan takes one of its size and finds its kernels
 * compiled. Only small ones are kept.
 */
final class Machines {
  private static final long KEPT_BYTES = 1 << 24;
  private static final int KEPT = 16;

  private final TornadoDevice device;
  private final Style style;
  private final List<Machine> idle = new ArrayList<>();

  Machines(TornadoDevice device, Style style) {
    this.device = device;
    this.style = style;
  }

  /** One of these sizes. */
  synchronized Machine take(Capacity capacity) {
    for (Iterator<Machine> i = idle.iterator(); i.hasNext(); ) {
      Machine machine = i.next();
      if (machine.capacity().equals(capacity)) {
        i.remove();
        return machine;
      }
    }
    return new Machine(device, style, capacity);
  }

  /** Keeps it or frees it. */
  synchronized void giveBack(Machine machine) {
    if (machine.broken() || machine.capacity().memoryBytes() > KEPT_BYTES) {
      machine.close();
      return;
    }
    idle.add(machine);
    if (idle.size() > KEPT) {
      idle.removeFirst().close();
    }
  }

  synchronized void close() {
    idle.forEach(Machine::close);
    idle.clear();
  }
}
