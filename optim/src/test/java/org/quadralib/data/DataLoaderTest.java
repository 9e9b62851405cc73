package org.quadralib.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.quadralib.data.TestData.assertDataError;
import static org.quadralib.data.TestData.numbered;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DataLoaderTest {
  private static final ImageShape SHAPE = new ImageShape(3, 6, 5);
  private static final int SIZE = 47;

  private final Dataset dataset = numbered(SIZE, 4, SHAPE);

  @AfterEach
  void noThreadIsLeft() {
    List<String> left =
        Thread.getAllStackTraces().keySet().stream()
            .map(Thread::getName)
            .filter(name -> name.startsWith("quadralib-data-"))
            .toList();
    assertEquals(List.of(), left);
  }

  private DataLoader.Builder augmented() {
    return DataLoader.of(dataset)
        .batchSize(5)
        .shuffle(true)
        .seed(3)
        .transforms(
            new RandomCrop(2), new RandomHorizontalFlip(), Normalize.of(dataset), new Cutout(2));
  }

  /** What the batches of an epoch hold, hashed: equal means equal to the bit. */
  private static List<String> contents(DataLoader loader, int epoch, int first) {
    List<String> contents = new ArrayList<>();
    try (BatchStream batches = loader.epoch(epoch, first)) {
      while (batches.hasNext()) {
        contents.add(contents(batches.next()));
      }
    }
    return contents;
  }

  private static String contents(Batch batch) {
    MessageDigest digest = Checksums.sha256();
    digest.update(batch.images().asByteBuffer());
    return "batch %d, examples %s, labels %s, images %s"
        .formatted(
            batch.number(),
            Arrays.toString(batch.indexes()),
            Arrays.toString(batch.labels().toArray(ValueLayout.JAVA_INT)),
            Checksums.hex(digest));
  }

  @Test
  void aPlainLoaderGivesTheDataInOrder() {
    try (DataLoader loader = DataLoader.of(dataset).batchSize(10).build();
        BatchStream batches = loader.epoch(0)) {
      int next = 0;
      while (batches.hasNext()) {
        assertEquals(next / 10, batches.position());
        Batch batch = batches.next();
        assertEquals(next / 10, batch.number());
        assertEquals(Math.min(10, SIZE - next), batch.count());
        assertEquals((long) batch.count() * SHAPE.size() * 4, batch.images().byteSize());
        for (int i = 0; i < batch.count(); i++, next++) {
          assertEquals(next, batch.index(i));
          assertEquals(dataset.label(next), batch.labels().getAtIndex(ValueLayout.JAVA_INT, i));
          byte[] pixels = TestData.pixels(dataset, next);
          for (int p = 0; p < pixels.length; p++) {
            float value =
                batch.images().getAtIndex(ValueLayout.JAVA_FLOAT, (long) i * pixels.length + p);
            assertEquals((pixels[p] & 0xff) / 255f, value);
          }
        }
      }
      assertEquals(SIZE, next);
      assertThrows(NoSuchElementException.class, batches::next);
    }
  }

  @Test
  void anIncompleteBatchIsPaddedWithoutLabels() {
    try (DataLoader loader = DataLoader.of(dataset).batchSize(10).build();
        BatchStream batches = loader.epoch(0, 4)) {
      Batch batch = batches.next();
      assertEquals(7, batch.count());
      int[] labels = batch.paddedLabels().toArray(ValueLayout.JAVA_INT);
      assertArrayEquals(
          new int[] {Batch.NO_LABEL, Batch.NO_LABEL, Batch.NO_LABEL},
          Arrays.copyOfRange(labels, 7, 10));
      MemorySegment rest = batch.paddedImages().asSlice(batch.images().byteSize());
      assertEquals(3L * SHAPE.size() * 4, rest.byteSize());
      for (byte b : rest.toArray(ValueLayout.JAVA_BYTE)) {
        assertEquals(0, b);
      }
      assertThrows(IndexOutOfBoundsException.class, () -> batch.index(7));
    }
  }

  @Test
  void dropLastLeavesOutTheIncompleteBatch() {
    try (DataLoader loader = augmented().dropLast(true).build()) {
      assertEquals(9, loader.batchesPerEpoch());
      assertEquals(9, contents(loader, 0, 0).size());
    }
    try (DataLoader loader = augmented().batchSize(100).dropLast(true).build()) {
      assertEquals(List.of(), contents(loader, 0, 0));
    }
  }

  @Test
  void everyEpochHasEachExampleOnceInAnOrderOfItsOwn() {
    try (DataLoader loader = augmented().build()) {
      Set<List<Integer>> orders = new HashSet<>();
      for (int epoch = 0; epoch < 4; epoch++) {
        List<Integer> order = new ArrayList<>();
        try (BatchStream batches = loader.epoch(epoch)) {
          while (batches.hasNext()) {
            Arrays.stream(batches.next().indexes()).forEach(order::add);
          }
        }
        assertEquals(SIZE, new HashSet<>(order).size());
        assertTrue(orders.add(order));
      }
    }
  }

  @Test
  void theNumberOfWorkersAndBuffersDoesNotShow() {
    List<String> expected;
    try (DataLoader loader = augmented().prefetch(0).build()) {
      expected = contents(loader, 2, 0);
    }
    assertEquals(10, new HashSet<>(expected).size());
    for (int workers : new int[] {1, 2, 5}) {
      for (int prefetch : new int[] {1, 2, 7, 20}) {
        try (DataLoader loader = augmented().workers(workers).prefetch(prefetch).build()) {
          contents(loader, 1, 0);
          assertEquals(expected, contents(loader, 2, 0));
        }
      }
    }
  }

  @Test
  void anEpochResumedInTheMiddleGoesOnToTheBit() {
    try (DataLoader loader = augmented().workers(2).build();
        DataLoader fresh = augmented().build()) {
      List<String> whole = contents(loader, 6, 0);
      for (int position = 0; position <= whole.size(); position++) {
        assertEquals(whole.subList(position, whole.size()), contents(fresh, 6, position));
      }
    }
  }

  @Test
  void seedsAndEpochsChangeTheAugmentation() {
    try (DataLoader a = augmented().shuffle(false).build();
        DataLoader b = augmented().shuffle(false).seed(4).build()) {
      assertEquals(contents(a, 0, 0), contents(a, 0, 0));
      assertTrue(!contents(a, 0, 0).equals(contents(a, 1, 0)));
      assertTrue(!contents(a, 0, 0).equals(contents(b, 0, 0)));
    }
  }

  /** Fails on one example, after a wait that lets other workers run ahead. */
  private static final class FailingDataset implements Dataset {
    private final Dataset source;
    private final int index;
    private final Error error;

    FailingDataset(Dataset source, int index, Error error) {
      this.source = source;
      this.index = index;
      this.error = error;
    }

    @Override
    public String name() {
      return "failing";
    }

    @Override
    public int size() {
      return source.size();
    }

    @Override
    public ImageShape shape() {
      return source.shape();
    }

    @Override
    public List<String> classNames() {
      return source.classNames();
    }

    @Override
    public int label(int i) {
      return source.label(i);
    }

    @Override
    public void pixels(int i, byte[] destination) {
      if (i == index) {
        throw error;
      }
      source.pixels(i, destination);
    }

    @Override
    public String checksum() {
      return source.checksum();
    }
  }

  @Test
  void anErrorInTheBackgroundReachesTheConsumerAtItsBatch() {
    Error error = new AssertionError("the disk is on fire");
    Dataset failing = new FailingDataset(dataset, 33, error);
    for (int workers : new int[] {1, 3}) {
      try (DataLoader loader =
              DataLoader.of(failing).batchSize(5).workers(workers).prefetch(4).build();
          BatchStream batches = loader.epoch(0)) {
        for (int i = 0; i < 6; i++) {
          assertEquals(i, batches.next().number());
        }
        DataException e =
            assertDataError(batches::next, "Batch 6 of epoch 0 of failing", "on fire");
        assertSame(error, e.getCause());
        assertThrows(IllegalStateException.class, batches::next);
        // The loader itself is fine: another epoch can start after the bad example.
        try (BatchStream later = loader.epoch(0, 7)) {
          assertEquals(7, later.next().number());
        }
      }
    }
  }

  @Test
  void withoutThreadsTheErrorLooksTheSame() {
    Dataset odd = new Subset(dataset, "odd", new int[] {1, 2});
    Transform broken =
        (image, random) -> {
          throw new IllegalStateException("broken");
        };
    try (DataLoader loader = DataLoader.of(odd).prefetch(0).transforms(broken).build();
        BatchStream batches = loader.epoch(0)) {
      assertDataError(batches::next, "Batch 0 of epoch 0 of odd", "broken");
    }
  }

  @Test
  void closingEarlyEndsTheThreads() {
    AtomicInteger prepared = new AtomicInteger();
    Transform counting = (image, random) -> prepared.incrementAndGet();
    DataLoader loader =
        DataLoader.of(dataset).batchSize(1).prefetch(3).workers(2).transforms(counting).build();
    BatchStream batches = loader.epoch(0);
    batches.next();
    Batch held = batches.next();
    loader.close();
    assertTrue(prepared.get() <= 1 + 4, "prepared " + prepared); // one given back, four buffers
    assertThrows(IllegalStateException.class, batches::next);
    assertThrows(IllegalStateException.class, () -> loader.epoch(1));
    assertThrows(IllegalStateException.class, () -> held.images().get(ValueLayout.JAVA_FLOAT, 0));
    loader.close(); // twice is fine
    batches.close();
  }

  @Test
  void aHeldBatchIsNotOverwritten() throws InterruptedException {
    try (DataLoader loader = augmented().workers(2).prefetch(1).build();
        BatchStream batches = loader.epoch(0)) {
      while (batches.hasNext()) {
        Batch batch = batches.next();
        String before = contents(batch);
        Thread.sleep(5); // time for a worker to do wrong
        assertEquals(before, contents(batch));
      }
    }
  }

  @Test
  void oneEpochAtATime() {
    try (DataLoader loader = augmented().build()) {
      BatchStream first = loader.epoch(0);
      assertThrows(IllegalStateException.class, () -> loader.epoch(1));
      first.close();
      loader.epoch(1).close();
    }
  }

  @Test
  void anInterruptedConsumerIsTold() {
    Thread.currentThread().interrupt();
    try (DataLoader loader = augmented().build();
        BatchStream batches = loader.epoch(0)) {
      boolean interrupted = false;
      // A batch that is ready is given all the same; sooner or later one is not.
      while (!interrupted && batches.hasNext()) {
        try {
          batches.next();
        } catch (DataException e) {
          interrupted = e.getCause() instanceof InterruptedException;
        }
      }
    } finally {
      assertTrue(Thread.interrupted(), "the interrupt was swallowed");
    }
  }

  @Test
  void buffersAreAllocatedOnceAndCountedToTheByte() {
    try (Arena arena = Arena.ofShared()) {
      List<Long> sizes = new ArrayList<>();
      DataLoader loader =
          augmented()
              .prefetch(2)
              .allocator(
                  (size, alignment) -> {
                    sizes.add(size);
                    return arena.allocate(size, alignment);
                  })
              .build();
      contents(loader, 0, 0);
      contents(loader, 1, 0);
      assertEquals(loader.bufferBytes(), sizes.stream().mapToLong(Long::longValue).sum());
      assertEquals(3 * (5L * SHAPE.size() * 4 + 5 * 4), loader.bufferBytes());
      loader.close();
      assertTrue(arena.scope().isAlive(), "the caller's memory is the caller's");
    }
  }

  @Test
  void settingsAreChecked() {
    DataLoader.Builder builder = DataLoader.of(dataset);
    assertThrows(IllegalArgumentException.class, () -> builder.batchSize(0));
    assertThrows(IllegalArgumentException.class, () -> builder.prefetch(-1));
    assertThrows(IllegalArgumentException.class, () -> builder.workers(0));
    Subset none = new Subset(dataset, "none", new int[0]);
    assertDataError(() -> DataLoader.of(none).build(), "none has no examples");
    Normalize grey = new Normalize(List.of(0f), List.of(1f));
    assertThrows(IllegalArgumentException.class, () -> builder.transforms(grey).build());
    try (DataLoader loader = builder.transforms().batchSize(10).build()) {
      assertEquals(5, loader.batchesPerEpoch());
      assertThrows(IllegalArgumentException.class, () -> loader.epoch(-1));
      assertThrows(IllegalArgumentException.class, () -> loader.epoch(0, 6));
      assertThrows(IllegalArgumentException.class, () -> loader.epoch(0, -1));
    }
  }
}
