package org.quadralib.tornado;

import java.util.Optional;
import uk.ac.manchester.tornado.api.runtime.TornadoRuntimeProvider;

/** Whether TornadoVM can be used in this JVM, found out once. */
final class Support {
  private static final String INSTALL =
      "install a TornadoVM SDK for this JDK (https://www.tornadovm.org/downloads), set"
          + " TORNADOVM_HOME to its folder and start with ./quadra";

  private static final String NO_DEVICE =
      "TornadoVM finds no device; install the driver of one that the SDK supports, and check with"
          + " 'tornado --devices'";

  private Support() {}

  /** A failure of TornadoVM is final for a JVM, so it is asked once. */
  private static final class Holder {
    static final Optional<String> MISSING = find();
  }

  /** What is missing and how to get it; empty if nothing is. */
  static Optional<String> missing() {
    return Holder.MISSING;
  }

  private static Optional<String> find() {
    if (System.getProperty("tornado.load.runtime.implementation") == null
        || ModuleLayer.boot().findModule("tornado.api").isEmpty()) {
      return Optional.of("no TornadoVM SDK is loaded; " + INSTALL);
    }
    if (Boolean.parseBoolean(System.getProperty("tornado.recover.bailout", "true"))) {
      return Optional.of(
          "TornadoVM would hide kernels that fail; start the JVM with"
              + " -Dtornado.recover.bailout=false, as ./quadra does");
    }
    try {
      return Probe.devices() > 0 ? Optional.empty() : Optional.of(NO_DEVICE);
    } catch (Throwable e) { // also what class loading throws: detection must not fail
      if (String.valueOf(cause(e).getMessage()).contains("platforms found")) {
        return Optional.of(NO_DEVICE); // its way to say that there is no driver at all
      }
      return Optional.of("TornadoVM does not start (%s); %s".formatted(cause(e), INSTALL));
    }
  }

  /** What went wrong first: an initialiser that fails says only that it did. */
  private static Throwable cause(Throwable e) {
    Throwable first = e;
    while (first.getCause() != null) {
      first = first.getCause();
    }
    return first;
  }

  /** Apart, so that nothing of TornadoVM is loaded before it is known to be there. */
  private static final class Probe {
    static int devices() {
      var runtime = TornadoRuntimeProvider.getTornadoRuntime();
      int count = 0;
      for (int driver = 0; driver < runtime.getNumBackends(); driver++) {
        count += runtime.getBackend(driver).getNumDevices();
      }
      return count;
    }
  }
}
