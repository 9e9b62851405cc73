package org.quadralib.io;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quadralib.tensor.Tensor;

/**
 * Damages small files at random: each must be read or refused with a {@link FormatException}, and
 * cost little memory either way.
 */
class FuzzTest {
  private static final int ROUNDS = 2000;
  private static final long SEED = 20220829;
  private static final long MAX_HEAP_BYTES = 1 << 20;

  /** Deflate's best is 1:1032; a byte widens to four. */
  private static final long MAX_TENSOR_BYTES_PER_FILE_BYTE = 4 * 1032;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "plain.safetensors",
    "narrow.safetensors",
    "f4.npy",
    "big_fortran.npy",
    "version2.npy",
    "u1.npy",
    "stored.npz",
    "deflated.npz",
    "small.pth",
    "small-legacy.pth",
  })
  void readsOrRefuses(String name) throws IOException {
    byte[] good = Samples.bytes(name);
    RandomGenerator random = new SplittableRandom(SEED);
    ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Path path = folder.resolve(name);
    int read = 0;
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      byte[] damaged = damage(good, random);
      Files.write(path, damaged);
      long before = thread.getCurrentThreadAllocatedBytes();
      try {
        readAll(path, damaged.length);
        read++;
      } catch (FormatException e) {
        refused++;
      } catch (Exception e) {
        fail(name + " in round " + round + ": " + HexFormat.of().formatHex(damaged), e);
      }
      long heap = thread.getCurrentThreadAllocatedBytes() - before;
      assertTrue(heap < MAX_HEAP_BYTES, name + " in round " + round + " took " + heap + " bytes");
    }
    // Damage to the numbers is legal, damage to what describes them is not.
    assertTrue(refused > ROUNDS / 10, name + ": refused only " + refused);
    assertTrue(read + refused == ROUNDS);
  }

  private static byte[] damage(byte[] good, RandomGenerator random) {
    byte[] bytes = good.clone();
    switch (random.nextInt(4)) {
      case 0 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 16));
      case 1 -> {
        int from = random.nextInt(bytes.length);
        int to = random.nextInt(bytes.length);
        int length = random.nextInt(1 + Math.min(16, bytes.length - Math.max(from, to)));
        System.arraycopy(good, from, bytes, to, length);
      }
      default -> {
        for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
          int at = random.nextInt(bytes.length);
          bytes[at] =
              random.nextBoolean()
                  ? (byte) (bytes[at] ^ 1 << random.nextInt(8))
                  : (byte) random.nextInt(256);
        }
      }
    }
    return bytes;
  }

  private static void readAll(Path path, int fileBytes) throws IOException {
    String name = path.toString();
    if (name.endsWith(".safetensors")) {
      try (SafeTensors file = SafeTensors.openWidening(path)) {
        use(file.tensors().values(), fileBytes);
      }
    } else if (name.endsWith(".npy")) {
      try (Npy file = Npy.open(path)) {
        use(List.of(file.tensor()), fileBytes);
      }
    } else if (name.endsWith(".pth")) {
      try (Pth file = Pth.open(path)) {
        use(file.tensors().values(), fileBytes);
      }
    } else {
      try (Npz file = Npz.open(path)) {
        use(file.tensors().values(), fileBytes);
      }
    }
  }

  private static void use(Collection<Tensor> tensors, int fileBytes) {
    long bytes = 0;
    for (Tensor tensor : tensors) {
      bytes += tensor.type().bytes();
      for (long i = 0; i < tensor.elements(); i++) {
        tensor.get(i);
      }
    }
    assertTrue(bytes <= fileBytes * MAX_TENSOR_BYTES_PER_FILE_BYTE);
  }
}
