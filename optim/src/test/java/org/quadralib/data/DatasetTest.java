package org.quadralib.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.quadralib.data.TestData.assertDataError;
import static org.quadralib.data.TestData.classNames;
import static org.quadralib.data.TestData.numbered;
import static org.quadralib.data.TestData.pixels;

import java.util.BitSet;
import org.junit.jupiter.api.Test;

class DatasetTest {
  private static final ImageShape SHAPE = new ImageShape(2, 3, 5);

  @Test
  void aSubsetSharesPixelsAndLabels() {
    Dataset all = numbered(20, 4, SHAPE);
    Subset some = new Subset(all, "some", new int[] {7, 2, 19});
    assertEquals(3, some.size());
    assertEquals(all.label(2), some.label(1));
    assertEquals(19, some.sourceIndex(2));
    assertArrayEquals(pixels(all, 19), pixels(some, 2));
    assertNotEquals(all.checksum(), some.checksum());
    assertNotEquals(new Subset(all, "x", new int[] {2, 7, 19}).checksum(), some.checksum());
    assertThrows(IndexOutOfBoundsException.class, () -> new Subset(all, "bad", new int[] {20}));
    assertEquals(20, Subset.first(all, 99).size());
  }

  @Test
  void whatPartsShareIsHeldOnce() {
    Dataset all = numbered(20, 4, SHAPE);
    Dataset other = numbered(6, 4, SHAPE);
    Dataset train = new Subset(Subset.first(all, 15), "train", new int[] {1, 3});
    Dataset validation = new Subset(all, "validation", new int[] {2});
    long image = SHAPE.size();
    assertEquals(26 * image, new DataSplits(train, validation, other).heldBytes());
    assertEquals(20 * image, new DataSplits(train, validation, all).heldBytes());
  }

  @Test
  void aChecksumSeesPixelsAndLabels() {
    byte[] bytes = new byte[2 * SHAPE.size()];
    String first = checksum(bytes, 0, 1);
    assertEquals(first, checksum(bytes.clone(), 0, 1));
    assertNotEquals(first, checksum(bytes, 1, 1));
    bytes[3] = 1;
    assertNotEquals(first, checksum(bytes, 0, 1));
    assertEquals(64, first.length());
  }

  private static String checksum(byte[] bytes, int... labels) {
    return InMemoryDataset.of("x", SHAPE, classNames(2), bytes, labels).checksum();
  }

  @Test
  void labelsAndSizesAreChecked() {
    byte[] one = new byte[SHAPE.size()];
    assertThrows(IllegalArgumentException.class, () -> checksum(one, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> checksum(one, 2));
    assertThrows(IllegalArgumentException.class, () -> checksum(one, -1));
    Dataset dataset = numbered(3, 3, SHAPE);
    byte[] room = new byte[SHAPE.size()];
    assertThrows(IndexOutOfBoundsException.class, () -> dataset.pixels(3, room));
    assertThrows(IndexOutOfBoundsException.class, () -> dataset.pixels(-1, room));
    assertThrows(IndexOutOfBoundsException.class, () -> dataset.pixels(0, new byte[3]));
  }

  @Test
  void aSplitIsStratifiedCompleteAndSeeded() {
    // Class 0 has 50 examples, class 1 has 30, class 2 has 19, class 3 has one.
    int[] labels = new int[100];
    for (int i = 0; i < 100; i++) {
      labels[i] = i < 50 ? 0 : i < 80 ? 1 : i < 99 ? 2 : 3;
    }
    ImageShape dot = new ImageShape(1, 1, 1);
    Dataset all = InMemoryDataset.of("all", dot, classNames(4), new byte[100], labels);
    StratifiedSplit split = StratifiedSplit.of(all, 0.2, 3, "rest", "held");

    assertArrayEquals(new int[] {10, 6, 4, 0}, counts(split.held()));
    assertArrayEquals(new int[] {40, 24, 15, 1}, counts(split.rest()));
    BitSet seen = new BitSet();
    for (Subset part : new Subset[] {split.rest(), split.held()}) {
      for (int i = 0; i < part.size(); i++) {
        assertTrue(!seen.get(part.sourceIndex(i)), "twice: " + part.sourceIndex(i));
        seen.set(part.sourceIndex(i));
      }
    }
    assertEquals(100, seen.cardinality());
    String held = split.held().checksum();
    assertEquals(held, StratifiedSplit.of(all, 0.2, 3, "a", "b").held().checksum());
    assertNotEquals(held, StratifiedSplit.of(all, 0.2, 4, "a", "b").held().checksum());
    assertEquals(0, StratifiedSplit.of(all, 0, 3, "a", "b").held().size());
    assertThrows(IllegalArgumentException.class, () -> StratifiedSplit.of(all, 1, 3, "a", "b"));
  }

  private static int[] counts(Dataset dataset) {
    int[] counts = new int[dataset.classNames().size()];
    for (int i = 0; i < dataset.size(); i++) {
      counts[dataset.label(i)]++;
    }
    return counts;
  }

  @Test
  void partsOfOneDataSetMustAgree() {
    Dataset a = numbered(4, 2, SHAPE);
    Dataset b = numbered(4, 3, SHAPE);
    Dataset c = numbered(4, 2, new ImageShape(1, 3, 5));
    Subset none = new Subset(a, "none", new int[0]);
    assertTrue(new DataSplits(a, a, a).hasValidation());
    assertTrue(!new DataSplits(a, none, a).hasValidation());
    assertDataError(() -> new DataSplits(a, a, b), "must agree");
    assertDataError(() -> new DataSplits(a, c, a), "must agree");
    assertDataError(() -> new DataSplits(a, none, none), "no examples");
  }
}
