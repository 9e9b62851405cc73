package org.quadralib.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.quadralib.data.TestData.assertDataError;
import static org.quadralib.data.TestData.numbered;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TransformsTest {
  private static final ImageShape SHAPE = new ImageShape(2, 5, 7);

  /** Values of both signs, none of them zero. */
  private static float[] values() {
    Random random = new Random(3);
    float[] values = new float[SHAPE.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (random.nextBoolean() ? 1 : -1) * (1 + random.nextFloat());
    }
    return values;
  }

  private static float[] apply(Transform transform, int example) {
    ImageBuffer image = new ImageBuffer(SHAPE, SHAPE.size());
    System.arraycopy(values(), 0, image.values(), 0, SHAPE.size());
    ExampleRandom random = new ExampleRandom(1);
    random.seek(0, example, 0);
    transform.apply(image, random);
    assertEquals(SHAPE, image.shape());
    return Arrays.copyOf(image.values(), SHAPE.size());
  }

  /** The image moved down and right, zero where nothing came to. */
  private static float[] moved(int down, int right) {
    float[] from = values();
    float[] to = new float[from.length];
    for (int c = 0; c < 2; c++) {
      for (int y = 0; y < 5; y++) {
        for (int x = 0; x < 7; x++) {
          int sy = y - down;
          int sx = x - right;
          if (sy >= 0 && sy < 5 && sx >= 0 && sx < 7) {
            to[(c * 5 + y) * 7 + x] = from[(c * 5 + sy) * 7 + sx];
          }
        }
      }
    }
    return to;
  }

  @Test
  void aCropMovesTheImageByEveryAmountUpToThePadding() {
    for (int padding : new int[] {0, 1, 2, 9}) { // 9: the image may leave its frame altogether
      Set<String> places = new HashSet<>();
      for (int example = 0; example < 400; example++) {
        float[] actual = apply(new RandomCrop(padding), example);
        int matches = 0;
        for (int down = -padding; down <= padding; down++) {
          for (int right = -padding; right <= padding; right++) {
            if (Arrays.equals(moved(down, right), actual)) {
              places.add(down + "," + right);
              matches++;
            }
          }
        }
        assertTrue(matches > 0, "padding " + padding + ", example " + example);
      }
      if (padding <= 2) {
        assertEquals((2 * padding + 1) * (2 * padding + 1), places.size());
      }
    }
    assertThrows(IllegalArgumentException.class, () -> new RandomCrop(-1));
  }

  @Test
  void aFlipMirrorsRowsAsOftenAsAsked() {
    float[] mirrored = new float[SHAPE.size()];
    for (int i = 0; i < mirrored.length; i++) {
      mirrored[i] = values()[i / 7 * 7 + 6 - i % 7];
    }
    int flips = 0;
    for (int example = 0; example < 1000; example++) {
      float[] actual = apply(new RandomHorizontalFlip(0.25), example);
      if (Arrays.equals(mirrored, actual)) {
        flips++;
      } else {
        assertArrayEquals(values(), actual);
      }
    }
    assertEquals(250, flips, 55); // four standard deviations
    assertArrayEquals(values(), apply(new RandomHorizontalFlip(0), 5));
    assertArrayEquals(mirrored, apply(new RandomHorizontalFlip(1), 5));
    assertThrows(IllegalArgumentException.class, () -> new RandomHorizontalFlip(1.1));
    assertThrows(IllegalArgumentException.class, () -> new RandomHorizontalFlip(Double.NaN));
  }

  @Test
  void cutoutClearsOneSquareInEveryChannel() {
    Set<Integer> areas = new HashSet<>();
    for (int example = 0; example < 200; example++) {
      float[] actual = apply(new Cutout(3), example);
      int cleared = 0;
      int top = 9;
      int left = 9;
      int bottom = -1;
      int right = -1;
      for (int i = 0; i < 35; i++) {
        assertEquals(actual[i] == 0, actual[35 + i] == 0);
        if (actual[i] == 0) {
          cleared++;
          top = Math.min(top, i / 7);
          bottom = Math.max(bottom, i / 7);
          left = Math.min(left, i % 7);
          right = Math.max(right, i % 7);
        } else {
          assertEquals(values()[i], actual[i]);
        }
      }
      assertEquals((bottom - top + 1) * (right - left + 1), cleared, "a full rectangle");
      areas.add(cleared);
    }
    assertEquals(Set.of(4, 6, 9), areas); // in a corner, at an edge, inside
    assertArrayEquals(new float[SHAPE.size()], apply(new Cutout(100), 0));
    assertArrayEquals(new float[SHAPE.size()], apply(new Cutout(Integer.MAX_VALUE), 0));
    assertThrows(IllegalArgumentException.class, () -> new Cutout(0));
  }

  @Test
  void normalisingByMeasuredNumbersGivesMeanZeroAndDeviationOne() {
    Dataset dataset = numbered(50, 2, SHAPE);
    ExampleReader reader = new ExampleReader(dataset, List.of(Normalize.of(dataset)), 0);
    try (Arena arena = Arena.ofConfined()) {
      var images = arena.allocate(50L * SHAPE.size() * Float.BYTES);
      for (int i = 0; i < 50; i++) {
        reader.read(0, i, images, i);
      }
      for (int c = 0; c < 2; c++) {
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < 50; i++) {
          for (int p = 0; p < 35; p++) {
            float value = images.getAtIndex(ValueLayout.JAVA_FLOAT, (i * 2L + c) * 35 + p);
            sum += value;
            squares += (double) value * value;
          }
        }
        assertEquals(0, sum / 1750, 1e-6);
        assertEquals(1, squares / 1750, 1e-5);
      }
    }
  }

  @Test
  void aConstantChannelCanBeNormalised() {
    byte[] pixels = new byte[2 * SHAPE.size()];
    Arrays.fill(pixels, (byte) 51);
    Dataset even =
        InMemoryDataset.of("even", SHAPE, TestData.classNames(1), pixels, new int[] {0, 0});
    assertEquals(new Normalize(List.of(.2f, .2f), List.of(1f, 1f)), Normalize.of(even));
    Subset none = new Subset(even, "none", new int[0]);
    assertDataError(() -> Normalize.of(none), "no examples");
  }

  @Test
  void normalisationNumbersAreChecked() {
    List<Float> one = List.of(1f);
    assertThrows(IllegalArgumentException.class, () -> new Normalize(one, List.of(1f, 1f)));
    assertThrows(IllegalArgumentException.class, () -> new Normalize(one, List.of(0f)));
    assertThrows(IllegalArgumentException.class, () -> new Normalize(List.of(Float.NaN), one));
    assertThrows(IllegalArgumentException.class, () -> new Normalize(List.of(), List.of()));
    assertThrows(IllegalArgumentException.class, () -> Normalize.cifar10().outputShape(SHAPE));
  }
}
