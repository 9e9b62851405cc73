package org.quadralib.vector.gemm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every tile against plain loops, the tall ones too that this machine may not choose. */
class TileKernelsTest {
  private static final int STRIDE = 70;
  private static final int LEFT = 100;
  private static final int RIGHT = 2_000;
  private static final int SUMS = 8_000;

  private final Random random = new Random(3);
  private final float[] s = new float[12_000];

  TileKernelsTest() {
    for (int i = 0; i < s.length; i++) {
      s[i] = random.nextFloat() * 2 - 1;
    }
  }

  @ParameterizedTest
  @CsvSource({"0,false", "1,false", "1,true", "37,false", "37,true"})
  void packedTiles(int depth, boolean add) {
    for (int rows : new int[] {4, 8}) {
      double[][] expected = new double[rows][Tile.COLUMNS];
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < Tile.COLUMNS; j++) {
          expected[i][j] = add ? s[SUMS + i * STRIDE + j] : 0;
          for (int p = 0; p < depth; p++) {
            expected[i][j] += (double) s[LEFT + p * rows + i] * s[RIGHT + p * Tile.COLUMNS + j];
          }
        }
      }
      if (rows == 8 && !add) {
        TileKernels.stepped8(depth, s, LEFT, rows, RIGHT, SUMS, STRIDE);
      } else {
        if (!add) {
          Tile.clear(s, SUMS, STRIDE, rows, Tile.COLUMNS);
        }
        for (int i = 0; i < rows; i += 4) {
          TileKernels.stepped4(depth, s, LEFT + i, rows, RIGHT, SUMS + i * STRIDE, STRIDE);
        }
      }
      check(expected);
    }
  }

  @ParameterizedTest
  @CsvSource({"0,false", "1,false", "1,true", "37,false", "37,true"})
  void indexedTiles(int depth, boolean add) {
    int[] index = offsets(depth);
    int second = RIGHT + 300;
    for (int rows : new int[] {4, 8}) {
      double[][] expected = new double[rows][Tile.COLUMNS];
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < Tile.COLUMNS; j++) {
          int base = j < Tile.LANES ? RIGHT + j : second + j - Tile.LANES;
          expected[i][j] = add ? s[SUMS + i * STRIDE + j] : 0;
          for (int p = 0; p < depth; p++) {
            expected[i][j] += (double) s[LEFT + p * rows + i] * s[base + index[p]];
          }
        }
      }
      if (rows == 8 && !add) {
        TileKernels.indexed8(depth, s, LEFT, RIGHT, second, index, SUMS, STRIDE);
      } else {
        if (!add) {
          Tile.clear(s, SUMS, STRIDE, rows, Tile.COLUMNS);
        }
        for (int i = 0; i < rows; i += 4) {
          int at = SUMS + i * STRIDE;
          TileKernels.indexed4(depth, s, LEFT + i, rows, RIGHT, second, index, at, STRIDE);
        }
      }
      check(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 37})
  void blockedTiles(int depth) {
    int[] index = offsets(depth);
    for (int rows : new int[] {4, 8}) {
      double[][] expected = new double[rows][Tile.COLUMNS];
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < Tile.COLUMNS; j++) {
          for (int p = 0; p < depth; p++) {
            expected[i][j] +=
                (double) s[LEFT + i * Tile.LANES + index[p]] * s[RIGHT + p * Tile.COLUMNS + j];
          }
        }
      }
      if (rows == 4) {
        TileKernels.blocked4(depth, s, LEFT, index, RIGHT, SUMS, STRIDE);
      } else {
        TileKernels.blocked8(depth, s, LEFT, index, RIGHT, SUMS, STRIDE);
      }
      check(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 37})
  void wideTiles(int depth) {
    int[] index = offsets(depth);
    double[][] blocked = new double[8][WideTiles.COLUMNS];
    double[][] stepped = new double[8][WideTiles.COLUMNS];
    for (int i = 0; i < 8; i++) {
      for (int j = 0; j < WideTiles.COLUMNS; j++) {
        for (int p = 0; p < depth; p++) {
          double right = s[RIGHT + p * WideTiles.COLUMNS + j];
          blocked[i][j] += s[LEFT + i * Tile.LANES + index[p]] * right;
          stepped[i][j] += s[LEFT + p * 20 + i] * right;
        }
      }
    }
    WideTiles.blocked(depth, s, LEFT, index, RIGHT, SUMS, STRIDE);
    check(blocked);
    WideTiles.stepped(depth, s, LEFT, 20, RIGHT, SUMS, STRIDE);
    check(stepped);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 37})
  void matchedTiles(int depth) {
    int[] index = offsets(depth);
    // Every second step of a right panel, from its end.
    int[] steps = new int[depth];
    for (int p = 0; p < depth; p++) {
      steps[p] = 2 * (depth - 1 - p) * Tile.COLUMNS;
    }
    for (int rows : new int[] {4, 8}) {
      double[][] expected = new double[rows][Tile.COLUMNS];
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < Tile.COLUMNS; j++) {
          for (int p = 0; p < depth; p++) {
            expected[i][j] +=
                (double) s[LEFT + i * Tile.LANES + index[p]] * s[RIGHT + steps[p] + j];
          }
        }
      }
      if (rows == 4) {
        TileKernels.matched4(depth, s, LEFT, index, RIGHT, steps, SUMS, STRIDE);
      } else {
        TileKernels.matched8(depth, s, LEFT, index, RIGHT, steps, SUMS, STRIDE);
      }
      check(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 37})
  void tilesOfSquares(int depth) {
    int[] index = offsets(depth);
    int[] square = {0, 1, 3, 4};
    int next = 50; // from the first four rows to the others
    for (int rows : new int[] {4, 8}) {
      double[][] expected = new double[rows][Tile.COLUMNS];
      for (int i = 0; i < rows; i++) {
        int row = LEFT + i / 4 * next + square[i % 4];
        for (int j = 0; j < Tile.COLUMNS; j++) {
          for (int p = 0; p < depth; p++) {
            expected[rows - 1 - i][j] +=
                (double) s[row + index[p]] * s[RIGHT + p * Tile.COLUMNS + j];
          }
        }
      }
      // Backwards, as a convolution stores its pixels.
      int last = SUMS + (rows - 1) * STRIDE;
      if (rows == 4) {
        SquaresTile.fourRows(depth, s, LEFT, index, RIGHT, last, -STRIDE);
      } else {
        SquaresTile.eightRows(depth, s, LEFT, next, index, RIGHT, last, -STRIDE);
      }
      check(expected);
    }
  }

  @ParameterizedTest
  @CsvSource({"1,false", "37,true"})
  void gatheredTiles(int depth, boolean add) {
    int[] index = offsets(depth);
    for (int[] rowAt : new int[][] {{9, 40, 41, 42}, {9, 40, 41, 50}}) {
      double[][] expected = new double[Tile.GRADIENT_ROWS][Tile.GRADIENT_COLUMNS];
      for (int i = 0; i < Tile.GRADIENT_ROWS; i++) {
        for (int j = 0; j < Tile.GRADIENT_COLUMNS; j++) {
          expected[i][j] = add ? s[SUMS + i * STRIDE + j] : 0;
          for (int p = 0; p < depth; p++) {
            expected[i][j] +=
                (double) s[LEFT + rowAt[1 + i] + index[p]]
                    * s[RIGHT + p * Tile.GRADIENT_COLUMNS + j];
          }
        }
      }
      TileKernels.gathered(depth, s, rowAt, 1, LEFT, index, RIGHT, SUMS, STRIDE, add);
      check(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 37})
  void tallGatheredTiles(int depth) {
    int[] index = offsets(depth);
    int[] rowAt = {9, 40, 41, 42, 60, 61, 90};
    double[][] expected = new double[TallGradientTile.ROWS][Tile.GRADIENT_COLUMNS];
    for (int i = 0; i < expected.length; i++) {
      for (int j = 0; j < Tile.GRADIENT_COLUMNS; j++) {
        for (int p = 0; p < depth; p++) {
          expected[i][j] +=
              (double) s[LEFT + rowAt[1 + i] + index[p]] * s[RIGHT + p * Tile.GRADIENT_COLUMNS + j];
        }
      }
    }
    TallGradientTile.apply(depth, s, rowAt, 1, LEFT, index, RIGHT, SUMS, STRIDE);
    check(expected);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 11})
  void tallDotTiles(int vectors) {
    int[] index = offsets(vectors);
    int[] rowAt = {9, 40, 41, 70};
    int stride = 11 * Tile.LANES + 5; // from one left operand to the next
    double[][] expected = new double[TallDotTile.ROWS][DotTile.EDGE * Tile.LANES];
    for (int i = 0; i < expected.length; i++) {
      for (int j = 0; j < expected[i].length; j++) {
        int column = j / Tile.LANES;
        int lane = j % Tile.LANES;
        for (int v = 0; v < vectors; v++) {
          expected[i][j] +=
              (double) s[RIGHT + i * stride + v * Tile.LANES + lane]
                  * s[LEFT + rowAt[1 + column] + index[v] + lane];
        }
      }
    }
    TallDotTile.apply(vectors, s, RIGHT, stride, LEFT, rowAt, 1, index, SUMS, STRIDE);
    check(expected);
  }

  @ParameterizedTest
  @CsvSource({"1,1", "3,5", "4,8", "8,8", "9,17", "16,64", "13,70", "19,13"})
  void transposes(int rows, int columns) {
    Transpose.apply(s, LEFT, 80, SUMS, 20, rows, columns);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        assertEquals(s[LEFT + i * 80 + j], s[SUMS + j * 20 + i], "row " + i + ", column " + j);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"0,144", "144,0"})
  void transposesAtTheEndsOfAnArray(int from, int to) {
    float[] all = new float[2 * 16 * 9];
    for (int i = 0; i < 16 * 9; i++) {
      all[from + i] = 1 + i;
    }
    Transpose.apply(all, from, 9, to, 16, 16, 9);
    for (int i = 0; i < 16; i++) {
      for (int j = 0; j < 9; j++) {
        assertEquals(all[from + i * 9 + j], all[to + j * 16 + i], "row " + i + ", column " + j);
      }
    }
  }

  private int[] offsets(int count) {
    int[] index = new int[count];
    for (int p = 0; p < count; p++) {
      index[p] = random.nextInt(1_000);
    }
    return index;
  }

  private void check(double[][] expected) {
    for (int i = 0; i < expected.length; i++) {
      for (int j = 0; j < expected[i].length; j++) {
        assertEquals(expected[i][j], s[SUMS + i * STRIDE + j], 1e-5, "row " + i + ", column " + j);
      }
    }
  }
}
