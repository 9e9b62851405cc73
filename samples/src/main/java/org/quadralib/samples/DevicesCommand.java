package org.quadralib.samples;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.quadralib.backend.BackendProvider;
import org.quadralib.backend.Backends;
import org.quadralib.memory.Bytes;
import org.quadralib.memory.SystemMemory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

  @Mixin private JsonFlag json;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    if (json.given) {
      out.println(json());
      out.flush();
      return 0;
    }
    out.println("Backends, the automatic choice first:");
    boolean chosen = false;
    for (BackendProvider backend : Backends.all()) {
      Optional<String> reason = backend.unavailable();
      String state =
          reason.map(r -> "not usable: " + r).orElse(chosen ? "usable" : "usable, used by default");
      chosen |= reason.isEmpty();
      out.printf("  %-8s %s%n", backend.name(), backend.description());
      out.printf("  %-8s %s%n", "", state);
      for (String device : backend.devices()) {
        out.printf("  %-8s --backend %s:%s%n", "", backend.name(), device);
      }
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

  private static ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ArrayNode backends = json.putArray("backends");
    boolean chosen = false;
    for (BackendProvider backend : Backends.all()) {
      Optional<String> reason = backend.unavailable();
      ObjectNode entry =
          backends
              .addObject()
              .put("name", backend.name())
              .put("description", backend.description())
              .put("usable", reason.isEmpty())
              .put("default", !chosen && reason.isEmpty())
              .put("reason", reason.orElse(null));
      ArrayNode devices = entry.putArray("devices");
      backend.devices().forEach(devices::add);
      chosen |= reason.isEmpty();
    }
    json.put("processorCores", Runtime.getRuntime().availableProcessors());
    json.put("memoryAvailableBytes", SystemMemory.availableBytes());
    json.put("heapBytes", Runtime.getRuntime().maxMemory());
    json.put("java", Version.jvm());
    json.put("system", Version.system());
    return json;
  }

  private static void row(PrintWriter out, String what, String value) {
    out.printf("%-18s %s%n", what, value);
  }
}
