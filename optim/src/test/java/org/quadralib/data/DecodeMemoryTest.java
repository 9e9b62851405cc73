package org.quadralib.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecodeMemoryTest {
  private static final Path FILE = Path.of("big.img");

  private static byte[] image(int type, String format) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertTrue(ImageIO.write(new BufferedImage(400, 300, type), format, out), format);
    return out.toByteArray();
  }

  /** Bytes of a pixel as the reader makes it, and six for planes. */
  @ParameterizedTest
  @CsvSource({
    BufferedImage.TYPE_3BYTE_BGR + ", jpeg, 9",
    BufferedImage.TYPE_3BYTE_BGR + ", png, 9",
    BufferedImage.TYPE_4BYTE_ABGR + ", png, 10",
    BufferedImage.TYPE_USHORT_GRAY + ", png, 8",
    BufferedImage.TYPE_BYTE_INDEXED + ", gif, 7",
    BufferedImage.TYPE_3BYTE_BGR + ", bmp, 9",
  })
  void whatAnImageTakesIsKnownBeforeItIsDecoded(int type, String format, int bytesPerPixel)
      throws IOException {
    byte[] bytes = image(type, format);
    long needed = 400L * 300 * bytesPerPixel;
    ImageDecoder enough = new ImageDecoder(new DecodeMemory(needed + 1024));
    ImageShape shape = enough.decode(FILE, bytes, ImageDecoder.Planes::shape);
    assertEquals(300, shape.height());
    ImageDecoder tooLittle = new ImageDecoder(new DecodeMemory(needed - 1024));
    var error =
        assertThrows(DataException.class, () -> tooLittle.decode(FILE, bytes, planes -> planes));
    assertTrue(error.getMessage().contains("big.img needs"), error.getMessage());
    assertTrue(error.getMessage().contains("-Xmx"), error.getMessage());
  }

  @Test
  void aFullHeapIsNotADamagedImage() throws IOException {
    ImageDecoder decoder = new ImageDecoder(DecodeMemory.ofHeap());
    byte[] bytes = image(BufferedImage.TYPE_3BYTE_BGR, "png");
    assertHeapError(
        assertThrows(
            DataException.class,
            () ->
                decoder.decode(
                    FILE,
                    bytes,
                    planes -> {
                      throw new IllegalStateException(new OutOfMemoryError("Java heap space"));
                    })));
    assertHeapError(
        assertThrows(
            DataException.class,
            () ->
                decoder.decode(
                    FILE,
                    bytes,
                    planes -> {
                      throw new OutOfMemoryError("Java heap space");
                    })));
  }

  private static void assertHeapError(DataException error) {
    assertTrue(
        error.getMessage().contains("not enough Java heap to read big.img"), error::getMessage);
    assertFalse(error.getMessage().contains("damaged"), error.getMessage());
  }

  @Test
  void threadsWaitForEachOther() throws Exception {
    DecodeMemory memory = new DecodeMemory(100 << 10);
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    try (ExecutorService executor = Executors.newFixedThreadPool(4)) {
      List<Future<Integer>> futures = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        futures.add(
            executor.submit(
                () ->
                    memory.with(
                        45 << 10,
                        FILE,
                        () -> {
                          most.accumulateAndGet(now.incrementAndGet(), Math::max);
                          pause();
                          return now.decrementAndGet();
                        })));
      }
      for (Future<Integer> future : futures) {
        future.get();
      }
    }
    assertTrue(most.get() <= 2, most + " at once");
  }

  private static void pause() {
    try {
      Thread.sleep(5);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void memoryIsGivenBackAfterAFailure() {
    DecodeMemory memory = new DecodeMemory(10 << 10);
    for (int i = 0; i < 3; i++) {
      assertThrows(
          IllegalStateException.class,
          () ->
              memory.with(
                  10 << 10,
                  FILE,
                  () -> {
                    throw new IllegalStateException();
                  }));
    }
    assertEquals("done", memory.with(10 << 10, FILE, () -> "done"));
  }
}
