package org.quadralib.bench.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class NetlibGemmTest {
  @Test
  void multipliesByTheTransposed() {
    NetlibGemm gemm = new NetlibGemm(5, 3, 7);
    gemm.run(1);
    for (int row = 0; row < 5; row++) {
      for (int column = 0; column < 3; column++) {
        double expected = 0;
        for (int i = 0; i < 7; i++) {
          expected += gemm.left()[row * 7 + i] * gemm.right()[column * 7 + i];
        }
        assertEquals(expected, gemm.product()[row * 3 + column], 1e-4);
      }
    }
  }
}
