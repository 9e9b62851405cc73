package org.quadralib.vector.conv;

/**
 * Division of the output planes of a batch into square tiles, numbered image by image and row by
 * row. Tiles at the right and lower edges may reach over.
 *
 * @param rows rows of a plane
 * @param columns columns of a plane
 * @param edge rows and columns of a tile
 */
record WinogradTiles(int batch, int rows, int columns, int edge) {
  /** Tiles along a row. */
  int perRow() {
    return Math.ceilDiv(columns, edge);
  }

  /** Rows of tiles of an image. */
  int perColumn() {
    return Math.ceilDiv(rows, edge);
  }

  /** Tiles of an image. */
  int perImage() {
    return perColumn() * perRow();
  }

  /** All tiles. */
  int count() {
    return batch * perImage();
  }

  int image(int tile) {
    return tile / perImage();
  }

  /** First row of a tile in its plane. */
  int row(int tile) {
    return tile % perImage() / perRow() * edge;
  }

  /** First column of a tile in its plane. */
  int column(int tile) {
    return tile % perRow() * edge;
  }

  /** Tiles from this one to the end of its row, or to {@code end}. */
  int run(int tile, int end) {
    return Math.min(end - tile, perRow() - tile % perRow());
  }

  /** Tiles from this one that make whole rows of its image, or else lie in its row. */
  int band(int tile, int end) {
    int inImage = Math.min(end - tile, perImage() - tile % perImage());
    int wholeRows = inImage / perRow() * perRow();
    return tile % perRow() == 0 && wholeRows > 0 ? wholeRows : run(tile, end);
  }
}
