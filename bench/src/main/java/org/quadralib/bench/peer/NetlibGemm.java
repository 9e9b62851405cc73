package org.quadralib.bench.peer;

import dev.ludovic.netlib.blas.BLAS;
import dev.ludovic.netlib.blas.JavaBLAS;
import java.util.Random;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Matrix products of a BLAS in pure Java, {@code dev.ludovic.netlib}, which computes on one thread.
 * Made for column-major matrices: what is row-major here is the transposed there.
 */
public final class NetlibGemm {
  // It warns that there is no native library, which is what is wanted here. Held: a logger that
  // nobody holds loses its level.
  private static final Logger LOGGER = Logger.getLogger("dev.ludovic.netlib.blas.InstanceBuilder");

  private final BLAS blas;
  private final int rows;
  private final int columns;
  private final int depth;
  private final float[] x;
  private final float[] w;
  private final float[] y;

  /** Products {@code X Wᵀ} of {@code X [rows, depth]} and {@code W [columns, depth]}. */
  public NetlibGemm(int rows, int columns, int depth) {
    this.rows = rows;
    this.columns = columns;
    this.depth = depth;
    LOGGER.setLevel(Level.OFF);
    blas = JavaBLAS.getInstance();
    Random random = new Random(1);
    x = gaussians(random, rows, depth);
    w = gaussians(random, columns, depth);
    y = new float[Math.multiplyExact(rows, columns)];
  }

  private static float[] gaussians(Random random, int rows, int columns) {
    float[] values = new float[Math.multiplyExact(rows, columns)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** Computes the product so many times and gives the milliseconds of one. */
  public double run(int times) {
    long start = System.nanoTime();
    for (int i = 0; i < times; i++) {
      blas.sgemm("T", "N", columns, rows, depth, 1, w, depth, x, depth, 0, y, columns);
    }
    return (System.nanoTime() - start) / 1e6 / times;
  }

  /** The left operand, {@code [rows, depth]}. */
  float[] left() {
    return x;
  }

  /** The right operand, {@code [columns, depth]}. */
  float[] right() {
    return w;
  }

  /** The product of the last run, {@code [rows, columns]}. */
  float[] product() {
    return y;
  }
}
