package org.quadralib.data;

import java.lang.foreign.Arena;
import java.lang.foreign.SegmentAllocator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Gives a data set in batches, epoch by epoch, prepared in the background.
 *
 * <pre>{@code
 * try (DataLoader loader = DataLoader.of(train).batchSize(64).shuffle(true).seed(7)
 *         .transforms(new RandomCrop(4), new RandomHorizontalFlip(), Normalize.of(train)).build();
 *     BatchStream batches = loader.epoch(0)) {
 *   while (batches.hasNext()) {
 *     Batch batch = batches.next();
 *   }
 * }
 * }</pre>
 *
 * <p>Order and augmentations are functions of the seed and the epoch: the number of workers does
 * not show in the batches, and {@link #epoch(int, int)} goes on in the middle of an epoch with the
 * bits that an uninterrupted run would have seen.
 *
 * <p>All buffers are allocated once, when the loader is built. One epoch can be open at a time.
 */
public final class DataLoader implements AutoCloseable {
  private final Dataset dataset;
  private final Settings settings;
  private final ImageShape shape;
  private final int[] order;
  private final Batch[] buffers;
  private final @Nullable Arena ownArena;
  private @Nullable BatchStream open;
  private boolean closed;

  /** What a builder collects; the loader's threads share it. */
  record Settings(
      int batchSize,
      boolean shuffle,
      boolean dropLast,
      long seed,
      int prefetch,
      int workers,
      List<Transform> transforms) {}

  private DataLoader(Dataset dataset, Settings settings, @Nullable SegmentAllocator allocator) {
    this.dataset = dataset;
    this.settings = settings;
    this.shape = ExampleReader.outputShape(dataset.shape(), settings.transforms);
    this.order = new int[dataset.size()];
    SegmentAllocator source = allocator == null ? Arena.ofShared() : allocator;
    this.ownArena = allocator == null ? (Arena) source : null;
    this.buffers = new Batch[settings.prefetch + 1];
    for (int i = 0; i < buffers.length; i++) {
      buffers[i] = new Batch(shape, settings.batchSize, source);
    }
  }

  /** Starts to set up a loader for a data set. */
  public static Builder of(Dataset dataset) {
    return new Builder(dataset);
  }

  /** The shape of the images in a batch, after all transforms. */
  public ImageShape shape() {
    return shape;
  }

  /** Images in a full batch. */
  public int batchSize() {
    return settings.batchSize;
  }

  /** Batches in an epoch. */
  public int batchesPerEpoch() {
    int full = dataset.size() / settings.batchSize;
    boolean rest = dataset.size() % settings.batchSize != 0;
    return rest && !settings.dropLast ? full + 1 : full;
  }

  /** Bytes of all batch buffers, for the accounts of whoever budgets memory. */
  public long bufferBytes() {
    return buffers.length
        * (Batch.imageBytes(shape, settings.batchSize) + Batch.labelBytes(settings.batchSize));
  }

  /** The batches of an epoch, from its first. */
  public BatchStream epoch(int epoch) {
    return epoch(epoch, 0);
  }

  /**
   * The batches of an epoch from a place in it.
   *
   * @param epoch the epoch, from 0
   * @param firstBatch the first batch to give: {@link BatchStream#position()} of the stream to go
   *     on with
   * @throws IllegalArgumentException if the epoch is negative or has no such place
   * @throws IllegalStateException if another epoch is open, or the loader is closed
   */
  public synchronized BatchStream epoch(int epoch, int firstBatch) {
    if (closed) {
      throw new IllegalStateException(
          "The loader of %s is closed: build another.".formatted(dataset.name()));
    }
    if (open != null && open.isOpen()) {
      throw new IllegalStateException(
          "Another epoch of the loader of %s is open, and they share buffers: close it first."
              .formatted(dataset.name()));
    }
    if (epoch < 0 || firstBatch < 0 || firstBatch > batchesPerEpoch()) {
      throw new IllegalArgumentException(
          "There is no batch %d in epoch %d: epochs start at 0 and have %d batches of %s."
              .formatted(firstBatch, epoch, batchesPerEpoch(), dataset.name()));
    }
    if (settings.shuffle) {
      Permutation.fill(order, settings.seed, epoch, RandomStreams.SHUFFLE);
    } else {
      Permutation.identity(order);
    }
    open = new BatchStream(dataset, settings, order, buffers, epoch, firstBatch, batchesPerEpoch());
    return open;
  }

  /** Ends an open epoch and frees the buffers. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (open != null) {
      open.close();
    }
    if (ownArena != null) {
      ownArena.close();
    }
  }

  /** Sets up a {@link DataLoader}. */
  public static final class Builder {
    private final Dataset dataset;
    private int batchSize = 32;
    private boolean shuffle;
    private boolean dropLast;
    private long seed;
    private int prefetch = 2;
    private int workers = 1;
    private List<Transform> transforms = List.of();
    private @Nullable SegmentAllocator allocator;

    private Builder(Dataset dataset) {
      this.dataset = Objects.requireNonNull(dataset);
    }

    /** Examples per batch; 32 if not said. */
    public Builder batchSize(int value) {
      batchSize = atLeast(1, value, "batch size");
      return this;
    }

    /** Whether each epoch has its own random order; the order of the data set if not said. */
    public Builder shuffle(boolean value) {
      shuffle = value;
      return this;
    }

    /** Whether an incomplete last batch is left out; it is given if not said. */
    public Builder dropLast(boolean value) {
      dropLast = value;
      return this;
    }

    /** Seed of order and augmentations; 0 if not said. */
    public Builder seed(long value) {
      seed = value;
      return this;
    }

    /**
     * Batches kept ready beside the one in use; 2 if not said. With 0 there are no background
     * threads and {@code next()} does the work.
     */
    public Builder prefetch(int value) {
      prefetch = atLeast(0, value, "number of batches to prefetch");
      return this;
    }

    /** Background threads; 1 if not said. More than {@code prefetch} are of no use. */
    public Builder workers(int value) {
      workers = atLeast(1, value, "number of workers");
      return this;
    }

    /** What is done to each image, in this order; nothing if not said. */
    public Builder transforms(Transform... values) {
      return transforms(List.of(values));
    }

    /** What is done to each image, in this order; nothing if not said. */
    public Builder transforms(List<Transform> values) {
      transforms = List.copyOf(values);
      return this;
    }

    /**
     * Where the buffers come from. They must be usable from every thread and live longer than the
     * loader, which does not free them. If not said, the loader has memory of its own.
     */
    public Builder allocator(SegmentAllocator value) {
      allocator = Objects.requireNonNull(value);
      return this;
    }

    /**
     * Allocates the buffers.
     *
     * @throws IllegalArgumentException if a transform cannot take such images
     * @throws DataException if the data set is empty
     */
    public DataLoader build() {
      if (dataset.size() == 0) {
        throw new DataException(
            "%s has no examples: there is nothing to load.".formatted(dataset.name()));
      }
      Settings settings =
          new Settings(batchSize, shuffle, dropLast, seed, prefetch, workers, transforms);
      return new DataLoader(dataset, settings, allocator);
    }

    private static int atLeast(int least, int value, String what) {
      if (value < least) {
        throw new IllegalArgumentException(
            "The %s is %d: give at least %d.".formatted(what, value, least));
      }
      return value;
    }
  }
}
