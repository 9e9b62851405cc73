package org.quadralib.vector.conv;

/**
 * Division of the pixels of a batch into blocks: part of an image's rows (and columns, when a
 * single row is long), or several whole images.
 */
final class PixelBlocks {
  final int images;
  final int rows;
  final int columns;
  private final int imagesPerBlock;
  private final int rowsPerBlock;
  private final int columnsPerBlock;
  private final int imageBlocks;
  private final int rowBlocks;
  private final int columnBlocks;

  private PixelBlocks(int images, int rows, int columns, int perBlock, int bp, int bq) {
    this.images = images;
    this.rows = rows;
    this.columns = columns;
    imagesPerBlock = perBlock;
    rowsPerBlock = bp;
    columnsPerBlock = bq;
    imageBlocks = Math.ceilDiv(images, perBlock);
    rowBlocks = Math.ceilDiv(rows, bp);
    columnBlocks = Math.ceilDiv(columns, bq);
  }

  /**
   * Divides pixels.
   *
   * @param most pixels that a block should hold at most
   * @param mostRows rows that a block should hold at most
   * @param unit divisor of the columns of a block, when rows are split
   * @param joinImages whether a block may hold several images
   */
  static PixelBlocks of(
      int images, int rows, int columns, int most, int mostRows, int unit, boolean joinImages) {
    int bq = columns <= most ? columns : Math.min(columns, Math.max(1, most / unit) * unit);
    int bp = Math.clamp(most / bq, 1, Math.max(1, Math.min(rows, mostRows)));
    bp = Math.ceilDiv(rows, Math.ceilDiv(rows, bp));
    int perBlock = 1;
    if (joinImages && bp == rows && bq == columns) {
      perBlock = Math.clamp(most / (rows * columns), 1, images);
      perBlock = Math.ceilDiv(images, Math.ceilDiv(images, perBlock));
    }
    return new PixelBlocks(images, rows, columns, perBlock, bp, bq);
  }

  int count() {
    return imageBlocks * rowBlocks * columnBlocks;
  }

  int imageBlocks() {
    return imageBlocks;
  }

  int blocksPerImageBlock() {
    return rowBlocks * columnBlocks;
  }

  int pixelsOf(int block) {
    return imagesOf(block) * rowsOf(block) * columnsOf(block);
  }

  int pixelsPerBlock() {
    return imagesPerBlock * rowsPerBlock * columnsPerBlock;
  }

  int imagesPerBlock() {
    return imagesPerBlock;
  }

  int rowsPerBlock() {
    return rowsPerBlock;
  }

  int columnsPerBlock() {
    return columnsPerBlock;
  }

  int firstImage(int block) {
    return block / (rowBlocks * columnBlocks) * imagesPerBlock;
  }

  int imagesOf(int block) {
    return Math.min(imagesPerBlock, images - firstImage(block));
  }

  int firstRow(int block) {
    return block / columnBlocks % rowBlocks * rowsPerBlock;
  }

  int rowsOf(int block) {
    return Math.min(rowsPerBlock, rows - firstRow(block));
  }

  int firstColumn(int block) {
    return block % columnBlocks * columnsPerBlock;
  }

  int columnsOf(int block) {
    return Math.min(columnsPerBlock, columns - firstColumn(block));
  }
}
