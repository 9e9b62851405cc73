package org.quadralib.tornado;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.quadralib.memory.Bytes;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.TornadoDeviceType;
import uk.ac.manchester.tornado.api.runtime.TornadoRuntimeProvider;

/** The devices that TornadoVM finds. */
final class Devices {
  private Devices() {}

  /**
   * A device.
   *
   * @param driver number of the TornadoVM backend
   * @param index number of the device there
   */
  record Found(int driver, int index, TornadoDevice device) {
    /** How users name it. */
    String name() {
      return driver + ":" + index;
    }

    boolean is(TornadoDeviceType type) {
      return device.getDeviceType() == type;
    }

    /** How kernels work best on it. */
    Style style() {
      return is(TornadoDeviceType.GPU) ? Style.TILES : Style.LOOPS;
    }

    /** Name, kind, driver and memory. */
    String describe() {
      return "%s  %s, %s through %s, memory %s, largest piece %s"
          .formatted(
              name(),
              device.getPhysicalDevice().getDeviceName().strip(),
              device.getDeviceType(),
              device.getTornadoVMBackend(),
              Bytes.format(device.getMaxGlobalMemory()),
              Bytes.format(device.getMaxAllocMemory()));
    }
  }

  static List<Found> all() {
    var runtime = TornadoRuntimeProvider.getTornadoRuntime();
    List<Found> found = new ArrayList<>();
    for (int driver = 0; driver < runtime.getNumBackends(); driver++) {
      for (int index = 0; index < runtime.getBackend(driver).getNumDevices(); index++) {
        found.add(new Found(driver, index, runtime.getBackend(driver).getDevice(index)));
      }
    }
    return found;
  }

  /** The first graphics card, or else the first device. */
  static Found preferred() {
    return all().stream()
        .min(Comparator.comparing(found -> !found.is(TornadoDeviceType.GPU)))
        .orElseThrow(() -> new IllegalStateException("there is no device"));
  }

  /**
   * The device that a user names.
   *
   * @throws IllegalArgumentException if there is none, listing those there are
   */
  static Found named(String name) {
    return all().stream()
        .filter(found -> found.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no device 'tornado:%s'; choose DRIVER:DEVICE from %s"
                        .formatted(name, all().stream().map(Found::name).toList())));
  }
}
