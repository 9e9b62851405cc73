package org.quadralib.vector.gemm;

import java.util.Objects;

/**
 * Sizes and layout of the products of a {@link Gemm}: {@code C[m×n] = op(A)[m×k] · op(B)[k×n]},
 * row-major.
 *
 * @param m rows of C
 * @param n columns of C
 * @param k depth
 * @param transposeA whether A is stored as k×m
 * @param transposeB whether B is stored as n×k
 * @param lda floats from one stored row of A to the next
 * @param ldb floats from one stored row of B to the next
 * @param ldc floats from one row of C to the next
 * @param join how several products belong together
 * @param parts number of products that share an operand or a result, at least 1
 */
public record GemmShape(
    int m,
    int n,
    int k,
    boolean transposeA,
    boolean transposeB,
    int lda,
    int ldb,
    int ldc,
    Join join,
    int parts) {

  /** Checks sizes and leading dimensions. */
  public GemmShape {
    Objects.requireNonNull(join, "join");
    if (m < 1 || n < 1 || k < 1 || parts < 1) {
      throw new IllegalArgumentException(
          "A product needs m, n, k and parts of at least 1, but got m="
              + m
              + ", n="
              + n
              + ", k="
              + k
              + ", parts="
              + parts
              + ".");
    }
    checkLeading("lda", lda, transposeA ? m : k);
    checkLeading("ldb", ldb, transposeB ? k : n);
    checkLeading("ldc", ldc, n);
  }

  private static void checkLeading(String name, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(
          name
              + " is "
              + value
              + ", but a stored row holds "
              + least
              + " values; it cannot be less.");
    }
  }

  /** A single product of dense operands. */
  public static GemmShape of(int m, int n, int k, boolean transposeA, boolean transposeB) {
    return of(m, n, k, transposeA, transposeB, Join.COLUMNS, 1);
  }

  /** Several products of dense operands. */
  public static GemmShape of(
      int m, int n, int k, boolean transposeA, boolean transposeB, Join join, int parts) {
    return new GemmShape(
        m, n, k, transposeA, transposeB, transposeA ? m : k, transposeB ? k : n, n, join, parts);
  }

  /** Number of left operands. */
  public int leftParts() {
    return join == Join.COLUMNS ? 1 : parts;
  }

  /** Number of right operands. */
  public int rightParts() {
    return join == Join.ROWS ? 1 : parts;
  }

  /** Number of results. */
  public int resultParts() {
    return join == Join.DEPTH ? 1 : parts;
  }

  /** Floats from the first to the last value of A. */
  public long spanA() {
    return span(transposeA ? k : m, transposeA ? m : k, lda);
  }

  /** Floats from the first to the last value of B. */
  public long spanB() {
    return span(transposeB ? n : k, transposeB ? k : n, ldb);
  }

  /** Floats from the first to the last value of C. */
  public long spanC() {
    return span(m, n, ldc);
  }

  private static long span(int rows, int columns, int leading) {
    return (rows - 1L) * leading + columns;
  }
}
