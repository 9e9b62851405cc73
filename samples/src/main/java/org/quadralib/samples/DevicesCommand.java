package org.quadralib.samples;

import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.quadralib.backend.BackendProvider;
import org.quadralib.backend.Backends;
import org.quadralib.memory.Bytes;
import org.quadralib.memory.SystemMemory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code quadra devices}: what can compute here, and if not, why. */
@Command(
    name = "devices",
    header = "Lists the backends, whether they can be used here, and the machine.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    footer = {"%nExample:", "  quadra devices"})
final class DevicesCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    out.println("Backends, the automatic choice first:");
    boolean chosen = false;
    for (BackendProvider backend : Backends.all()) {
      Optional<String> reason = backend.unavailable();
      String state =
          reason.map(r -> "not usable: " + r).orElse(chosen ? "usable" : "usable, used by default");
      chosen |= reason.isEmpty();
      out.printf("  %-8s %s%n", backend.name(), backend.description());
      out.printf("  %-8s %s%n", "", state);
    }
    out.println();
    row(out, "processor cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
    row(out, "memory available", Bytes.format(SystemMemory.availableBytes()) + " for tensors");
    row(out, "Java heap", Bytes.format(Runtime.getRuntime().maxMemory()) + " at most");
    row(out, "Java", Version.jvm());
    row(out, "system", Version.system());
    out.flush();
    return 0;
  }

  private static void row(PrintWriter out, String what, String value) {
    out.printf("%-18s %s%n", what, value);
  }
}
