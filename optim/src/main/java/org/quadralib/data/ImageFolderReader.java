package org.quadralib.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the images of a folder on all processors into one data set. Decoding happens once: an
 * epoch then costs copies, not JPEG.
 */
final class ImageFolderReader {
  private static final int PROGRESS_MILLIS = 100;
  private static final int DIGEST_BYTES = 32;

  private final String name;
  private final ImageFolder folder;
  private final ImageShape shape;
  private final boolean resize;
  private final MemorySegment pixels;
  private final byte[][] digests;
  private final DecodeMemory memory = DecodeMemory.ofHeap();

  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger done = new AtomicInteger();
  private final AtomicInteger failures = new AtomicInteger();
  private @Nullable DataException firstFailure;
  private int firstFailureIndex = Integer.MAX_VALUE;

  /**
   * Prepares a reader.
   *
   * @param shape the shape of all images; null takes that of the first
   * @param resize whether images of another shape are brought to it, or are an error
   */
  ImageFolderReader(String name, ImageFolder folder, @Nullable ImageShape shape, boolean resize) {
    this.name = name;
    this.folder = folder;
    this.shape = shape != null ? shape : shapeOf(folder.files().getFirst());
    this.resize = resize;
    this.pixels = PixelMemory.allocate(name, folder.files().size(), this.shape);
    this.digests = new byte[folder.files().size()][];
  }

  private static ImageShape shapeOf(Path file) {
    return new ImageDecoder(DecodeMemory.ofHeap())
        .decode(file, ImageFiles.bytes(file), ImageDecoder.Planes::shape);
  }

  /** Decodes everything; the first damaged file, in the order of the folder, is the error. */
  Dataset read(DataOptions options) {
    int workers = Math.min(Runtime.getRuntime().availableProcessors(), folder.files().size());
    try (ExecutorService executor = Executors.newFixedThreadPool(workers)) {
      List<Future<?>> futures = new ArrayList<>();
      for (int i = 0; i < workers; i++) {
        futures.add(executor.submit(this::decodeImages));
      }
      await(futures, options.progress());
    }
    if (firstFailure != null) {
      throw failures.get() == 1
          ? firstFailure
          : new DataException(
              "%s (%d of the %d images of %s have such an error.)"
                  .formatted(
                      firstFailure.getMessage(), failures.get(), folder.files().size(), name),
              firstFailure);
    }
    return new InMemoryDataset(
        name, shape, folder.classNames(), 255, pixels, folder.labels(), checksum());
  }

  private void await(List<Future<?>> futures, DataOptions.Progress progress) {
    int total = folder.files().size();
    try {
      for (Future<?> future : futures) {
        boolean finished = false;
        while (!finished) {
          try {
            future.get(PROGRESS_MILLIS, TimeUnit.MILLISECONDS);
            finished = true;
          } catch (TimeoutException e) {
            progress.update(name, Math.min(done.get(), total - 1), total);
          }
        }
      }
      progress.update(name, total, total);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DataException("Reading %s was interrupted: open it again.".formatted(name), e);
    } catch (ExecutionException e) {
      throw new DataException("Reading %s failed (%s).".formatted(name, e.getMessage()), e);
    } finally {
      next.set(total); // on any way out: no worker starts another image
    }
  }

  private void decodeImages() {
    ImageDecoder decoder = new ImageDecoder(memory);
    MessageDigest digest = Checksums.sha256();
    int total = folder.files().size();
    for (int i = next.getAndIncrement(); i < total; i = next.getAndIncrement()) {
      try {
        decode(i, decoder, digest);
      } catch (DataException e) {
        fail(i, e);
      }
      done.incrementAndGet();
    }
  }

  private void decode(int index, ImageDecoder decoder, MessageDigest digest) {
    Path file = folder.files().get(index);
    byte[] bytes = ImageFiles.bytes(file);
    digests[index] = digest.digest(bytes);
    byte[] fitted = decoder.decode(file, bytes, image -> fit(file, image));
    MemorySegment.copy(
        fitted, 0, pixels, ValueLayout.JAVA_BYTE, (long) index * fitted.length, fitted.length);
  }

  private byte[] fit(Path file, ImageDecoder.Planes image) {
    if (!resize && !image.shape().equals(shape)) {
      // Grey images among colour ones are common; any other difference must be asked for.
      boolean greyAmongColour =
          image.shape().equals(new ImageShape(1, shape.height(), shape.width()));
      if (!greyAmongColour) {
        throw new DataException(
            "%s is %s, but the first image is %s: make them alike, or give a shape for all (such as --input %s)."
                .formatted(file, image.shape(), shape, shape));
      }
    }
    return Resampler.fit(image, shape).pixels();
  }

  private synchronized void fail(int index, DataException failure) {
    failures.incrementAndGet();
    if (index < firstFailureIndex) {
      firstFailureIndex = index;
      firstFailure = failure;
    }
  }

  /** Names, contents and the shape they were brought to. */
  private String checksum() {
    MessageDigest digest = Checksums.sha256();
    digest.update(shape.toString().getBytes(StandardCharsets.US_ASCII));
    for (int i = 0; i < digests.length; i++) {
      Path file = folder.files().get(i);
      String id = folder.classNames().get(folder.labels()[i]) + "/" + file.getFileName() + "\0";
      digest.update(id.getBytes(StandardCharsets.UTF_8));
      digest.update(digests[i], 0, DIGEST_BYTES);
    }
    return Checksums.hex(digest);
  }
}
