package org.quadralib.bench.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.quadralib.bench.roof.Roofline;
import org.quadralib.bench.versus.Comparison;
import org.quadralib.bench.versus.Contestant;
import org.quadralib.bench.versus.Interleaving;
import org.quadralib.bench.versus.Ours;
import org.quadralib.bench.versus.Workload;
import org.quadralib.layers.Backprop;
import org.quadralib.layers.Layer;
import org.quadralib.samples.ComputeOptions;
import org.quadralib.tensor.Shape;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the commands for single layers have in common. */
final class KernelOptions {
  @Option(
      names = "--backprop",
      paramLabel = "WAY",
      defaultValue = "AUTODIFF",
      description =
          "How the library differentiates layers: autodiff, hybrid or block. Default: autodiff.")
  private Backprop backprop;

  @Mixin private RoundOptions rounds;
  @Mixin private ComputeOptions compute;
  @Mixin private PeerOption peer;
  @Mixin private ReportOptions report;

  /** Measures one computation with everyone who takes part. */
  interface Measurement {
    /** Appends what it measured. */
    void run(List<Contestant> contestants, Interleaving interleaving, List<Comparison> results);
  }

  /** One layer to measure. */
  record Case(Layer layer, Shape example, int batch, Measurement measurement) {}

  int threads() {
    return compute.threads == null ? Runtime.getRuntime().availableProcessors() : compute.threads;
  }

  /** Measures all cases and reports them. */
  void run(String command, List<Case> cases, PrintWriter out, PrintWriter err) {
    peer.check();
    Progress progress = report.progress(err);
    Interleaving interleaving = rounds.interleaving(progress);
    Machine machine = Machine.here();
    progress.accept("measuring the machine");
    Roofline roofline = Roofline.measure(threads());
    List<Comparison> results = new ArrayList<>();
    Map<String, String> skipped = new LinkedHashMap<>();
    Map<String, String> versions = new LinkedHashMap<>();
    for (Case one : cases) {
      skipped.putAll(measure(one, interleaving, progress, results, versions));
    }
    progress.clear();
    String table = Comparison.table(results, roofline.gigaflops());
    out.println(machine);
    out.println(roofline);
    versions.forEach((name, version) -> out.printf("%s: %s%n", name, version));
    out.print(table);
    report.write(
        out,
        json(command, machine, roofline, results, versions, skipped),
        table,
        Charts.of(command, results));
  }

  private Map<String, String> measure(
      Case one,
      Interleaving interleaving,
      Progress progress,
      List<Comparison> results,
      Map<String, String> versions) {
    Workload workload =
        new Workload(
            "layer",
            one.layer(),
            one.example(),
            1,
            one.batch(),
            threads(),
            compute.backend == null ? "auto" : compute.backend,
            backprop.name().toLowerCase(Locale.ROOT),
            _ -> backprop);
    List<Contestant> contestants = new ArrayList<>();
    try {
      Ours ours = Ours.open(workload);
      contestants.add(ours);
      PeerOption.Opened opened = peer.open(workload, ours.model(), progress);
      contestants.addAll(opened.peers());
      contestants.forEach(each -> versions.put(each.name(), each.description()));
      one.measurement().run(contestants, interleaving, results);
      return opened.skipped();
    } finally {
      Closing.all(contestants);
    }
  }

  private ObjectNode json(
      String command,
      Machine machine,
      Roofline roofline,
      List<Comparison> results,
      Map<String, String> versions,
      Map<String, String> skipped) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("benchmark", command);
    json.put("threads", threads());
    ArrayNode list = json.putArray("results");
    results.forEach(result -> list.add(result.json()));
    ObjectNode names = json.putObject("versions");
    versions.forEach(names::put);
    ObjectNode left = json.putObject("skipped");
    skipped.forEach(left::put);
    json.set("roof", roofline.json());
    json.set("machine", machine.json());
    return json;
  }
}
