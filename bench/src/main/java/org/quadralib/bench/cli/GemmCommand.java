package org.quadralib.bench.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.quadralib.bench.peer.NetlibGemm;
import org.quadralib.bench.versus.Agreement;
import org.quadralib.bench.versus.Comparison;
import org.quadralib.bench.versus.Contestant;
import org.quadralib.bench.versus.Interleaving;
import org.quadralib.bench.versus.Versus;
import org.quadralib.layers.Dense;
import org.quadralib.layers.Initializer;
import org.quadralib.samples.Version;
import org.quadralib.tensor.Shape;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code quadra bench gemm}: matrix products. */
@Command(
    name = "gemm",
    header = "Matrix products, side by side with a pure-Java BLAS and PyTorch.",
    description =
        "%nComputes X Wᵀ of X [rows, depth] and W [columns, depth], as fully connected layers do."
            + " The BLAS is dev.ludovic.netlib's, in Java and on one thread.%n",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    footer = {
      "%nExamples:",
      "  quadra bench gemm --threads 1",
      "  quadra bench gemm --sizes 1024,4096x64x576 --peer djl",
    })
final class GemmCommand implements Callable<Integer> {
  /** Rows, columns and depth of the sizes that have a name. */
  private static final Map<String, int[]> NAMED =
      Map.of(
          "tall", new int[] {32768, 64, 576},
          "wide", new int[] {64, 32768, 576},
          "tiny", new int[] {32, 32, 32});

  @Option(
      names = "--sizes",
      paramLabel = "LIST",
      split = ",",
      defaultValue = "512,1024,2048,tall,wide,tiny",
      description =
          "A number for a square product, ROWSxCOLUMNSxDEPTH, tall (32768x64x576), wide"
              + " (64x32768x576) or tiny (32x32x32). Default: ${DEFAULT-VALUE}.")
  private List<String> sizes;

  @Mixin private KernelOptions options;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    List<KernelOptions.Case> cases = new ArrayList<>();
    for (String size : sizes) {
      int[] extents = parse(size);
      int columns = extents[1];
      int depth = extents[2];
      cases.add(
          new KernelOptions.Case(
              new Dense(columns, false, Initializer.normal(1)),
              Shape.of(depth),
              extents[0],
              (contestants, interleaving, results) ->
                  results.add(measure(size, extents, contestants, interleaving))));
    }
    options.run("gemm", cases, spec.commandLine().getOut(), spec.commandLine().getErr());
    return 0;
  }

  private static Comparison measure(
      String size, int[] extents, List<Contestant> contestants, Interleaving interleaving) {
    Contestant ours = contestants.getFirst();
    float[] expected = ours.evaluate();
    for (Contestant peer : contestants.subList(1, contestants.size())) {
      Agreement.require("products", peer.name(), expected, peer.evaluate());
    }
    List<Interleaving.Runner> runners =
        new ArrayList<>(Versus.runners(contestants, Contestant::infer));
    NetlibGemm netlib = new NetlibGemm(extents[0], extents[1], extents[2]);
    runners.add(new Interleaving.Runner("netlib", netlib::run));
    double flops = 2.0 * extents[0] * extents[1] * extents[2];
    String name =
        String.format(Locale.ROOT, "%dx%dx%d", extents[0], extents[1], extents[2])
            + (NAMED.containsKey(size) ? " " + size : "");
    return Comparison.measure(name, flops, runners, interleaving);
  }

  private static int[] parse(String size) {
    if (NAMED.containsKey(size)) {
      return NAMED.get(size);
    }
    String[] parts = size.split("x", -1);
    try {
      if (parts.length == 1) {
        int side = Checks.positive("--sizes", Integer.parseInt(size));
        return new int[] {side, side, side};
      }
      if (parts.length == 3) {
        int[] extents = new int[3];
        for (int i = 0; i < 3; i++) {
          extents[i] = Checks.positive("--sizes", Integer.parseInt(parts[i]));
        }
        return extents;
      }
    } catch (NumberFormatException e) {
      // Falls through to the sentence below.
    }
    throw new IllegalArgumentException(
        "--sizes takes numbers, ROWSxCOLUMNSxDEPTH, tall, wide or tiny, not '%s'".formatted(size));
  }
}
