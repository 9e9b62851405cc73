package org.quadralib.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.quadralib.data.TestData.assertDataError;
import static org.quadralib.data.TestData.pixels;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class DatasetsTest {

  @Test
  void digitsAreDivided1293And144And360() {
    DataSplits digits = Datasets.open("digits", null, DataOptions.defaults());
    assertEquals(1293, digits.train().size());
    assertEquals(144, digits.validation().size());
    assertEquals(360, digits.test().size());
    assertEquals(new ImageShape(1, 8, 8), digits.train().shape());
    assertEquals(16, digits.train().maxValue());
    assertEquals(10, digits.train().classNames().size());
    DataSplits whole = Datasets.open("digits", null, DataOptions.defaults().withValidation(0));
    assertEquals(1437, whole.train().size());
    assertTrue(!whole.hasValidation());
  }

  @Test
  void theDigitsAreTheOnesOfTheFile() {
    DataSplits digits = Datasets.open("digits", null, DataOptions.defaults().withValidation(0));
    byte[] firstRows = {0, 0, 5, 13, 9, 1, 0, 0, 0, 0, 13, 15, 10, 15, 5, 0};
    int[] counts = new int[10];
    int found = 0;
    for (Dataset part : new Dataset[] {digits.train(), digits.test()}) {
      for (int i = 0; i < part.size(); i++) {
        counts[part.label(i)]++;
        byte[] pixels = pixels(part, i);
        for (byte pixel : pixels) {
          assertTrue(pixel >= 0 && pixel <= 16);
        }
        if (part.label(i) == 0 && Arrays.equals(firstRows, Arrays.copyOf(pixels, 16))) {
          found++;
        }
      }
    }
    assertArrayEquals(new int[] {178, 182, 177, 183, 181, 182, 181, 179, 174, 180}, counts);
    assertEquals(1, found, "images that start like the first line of the file");
  }

  @Test
  void theTestPartDependsOnNoOption() {
    DataSplits a = Datasets.open("digits", null, DataOptions.defaults());
    DataSplits b =
        Datasets.open("digits", null, DataOptions.defaults().withSplitSeed(5).withValidation(0.3));
    assertEquals(a.test().checksum(), b.test().checksum());
    assertNotEquals(a.validation().checksum(), b.validation().checksum());
  }

  @Test
  void theNoticeNamesTheSourceAndTheLicence() throws IOException {
    try (InputStream in = Datasets.class.getResourceAsStream("digits-NOTICE.txt")) {
      String notice = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(notice.contains("Alpaydin") && notice.contains("CC BY 4.0"), notice);
    }
  }

  @Test
  void anUnknownNameListsTheKnownOnes() {
    assertDataError(
        () -> Datasets.open("CIFAR-10", null, DataOptions.defaults()),
        "did you mean 'cifar10'?",
        "digits, mnist, fashion-mnist, cifar10, cifar100, folder");
    DataException e =
        assertDataError(() -> Datasets.open("imagenet", null, DataOptions.defaults()), "imagenet");
    assertTrue(!e.getMessage().contains("did you mean"), e.getMessage());
    assertDataError(
        () -> Datasets.open("x".repeat(100_000), null, DataOptions.defaults()), "names are");
  }

  @Test
  void optionsAreChecked() {
    assertThrows(IllegalArgumentException.class, () -> DataOptions.defaults().withValidation(1));
    assertThrows(IllegalArgumentException.class, () -> DataOptions.defaults().withValidation(-0.1));
    assertThrows(
        IllegalArgumentException.class, () -> DataOptions.defaults().withValidation(Double.NaN));
  }
}
