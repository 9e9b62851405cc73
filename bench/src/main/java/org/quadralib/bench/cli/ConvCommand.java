package org.quadralib.bench.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.quadralib.bench.versus.Agreement;
import org.quadralib.bench.versus.Comparison;
import org.quadralib.bench.versus.Contestant;
import org.quadralib.bench.versus.Interleaving;
import org.quadralib.bench.versus.Versus;
import org.quadralib.layers.QuadraticConv2d;
import org.quadralib.samples.Version;
import org.quadralib.tensor.Shape;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code quadra bench conv}: quadratic convolutions. */
@Command(
    name = "conv",
    header = "Quadratic 3×3 convolutions with branch norms, side by side with PyTorch.",
    description =
        "%nBN(A)∘BN(B) + BN(C) in training mode: forward, and forward with the gradients of input"
            + " and parameters.%n",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    footer = {"%nExample:", "  quadra bench conv --sizes 64x32,128x16 --batch 32 --peer djl"})
final class ConvCommand implements Callable<Integer> {
  private static final int MAPS = 3;
  private static final int TAPS = 9;

  @Option(
      names = "--sizes",
      paramLabel = "LIST",
      split = ",",
      defaultValue = "64x32,128x16,256x8",
      description =
          "CHANNELSxSIDE: as many channels out as in, square images. Default: ${DEFAULT-VALUE}.")
  private List<String> sizes;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "32",
      description = "Images in a batch. Default: ${DEFAULT-VALUE}.")
  private int batch;

  @Mixin private KernelOptions options;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Checks.positive("--batch", batch);
    List<KernelOptions.Case> cases = new ArrayList<>();
    for (String size : sizes) {
      String[] parts = size.split("x", -1);
      if (parts.length != 2
          || !parts[0].matches("[1-9]\\d{0,4}")
          || !parts[1].matches("[1-9]\\d{0,4}")) {
        throw new IllegalArgumentException(
            "--sizes takes CHANNELSxSIDE, such as 64x32, not '%s'".formatted(size));
      }
      int channels = Integer.parseInt(parts[0]);
      int side = Integer.parseInt(parts[1]);
      double flops = 2.0 * MAPS * TAPS * channels * channels * side * side * batch;
      cases.add(
          new KernelOptions.Case(
              new QuadraticConv2d(channels, 3).padding(1).branchNorm(true),
              Shape.of(channels, side, side),
              batch,
              (contestants, interleaving, results) ->
                  measure(
                      "%d->%d, %d², %d".formatted(channels, channels, side, batch),
                      flops,
                      contestants,
                      interleaving,
                      results)));
    }
    options.run("conv", cases, spec.commandLine().getOut(), spec.commandLine().getErr());
    return 0;
  }

  private static void measure(
      String name,
      double flops,
      List<Contestant> contestants,
      Interleaving interleaving,
      List<Comparison> results) {
    Contestant ours = contestants.getFirst();
    ours.forwardAndBackward(1);
    for (Contestant peer : contestants.subList(1, contestants.size())) {
      peer.forwardAndBackward(1);
      Agreement.require("gradients", peer.name(), ours.inputGradient(), peer.inputGradient());
    }
    results.add(
        Comparison.measure(
            name + " forward",
            flops,
            Versus.runners(contestants, Contestant::forward),
            interleaving));
    // Backward: the gradients of the input and of the weights cost as much as the map, each. What
    // the library computes again is not counted: it is not asked for.
    results.add(
        Comparison.measure(
            name + " fwd+bwd",
            3 * flops,
            Versus.runners(contestants, Contestant::forwardAndBackward),
            interleaving));
  }
}
