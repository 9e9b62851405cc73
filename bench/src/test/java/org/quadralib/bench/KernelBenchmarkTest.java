package org.quadralib.bench;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.quadralib.bench.KernelBenchmark.Counters;
import org.quadralib.bench.KernelBenchmark.Kernel;
import org.quadralib.bench.roof.Roofline;

class KernelBenchmarkTest {
  @ParameterizedTest
  @EnumSource(
      value = Kernel.class,
      names = {"GEMM_TALL", "GEMM_WIDE"},
      mode = EnumSource.Mode.EXCLUDE)
  void everyKernelRunsAndCountsItsWork(Kernel kernel) {
    KernelBenchmark benchmark = new KernelBenchmark();
    benchmark.kernel = kernel;
    benchmark.backend = "vector";
    benchmark.threads = 1;
    benchmark.setUp(new Roofline(1, 100, 10));
    try {
      Counters counters = new Counters();
      benchmark.run(counters);
      boolean multiplies =
          kernel.name().startsWith("GEMM")
              || kernel.name().startsWith("CONV")
              || kernel == Kernel.MUL_ADD;
      assertTrue(multiplies == counters.flops > 0, () -> kernel + ": " + counters.flops);
      assertTrue(counters.bytes > 0);
      assertTrue(counters.percentOfRoof > 0);
    } finally {
      benchmark.tearDown();
    }
  }
}
