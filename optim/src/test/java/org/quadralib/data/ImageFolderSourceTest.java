package org.quadralib.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.quadralib.data.TestData.assertDataError;
import static org.quadralib.data.TestData.encode;
import static org.quadralib.data.TestData.grey;
import static org.quadralib.data.TestData.image;
import static org.quadralib.data.TestData.pixels;
import static org.quadralib.data.TestData.write;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFolderSourceTest {
  private static final DataOptions OPTIONS = DataOptions.defaults().withValidation(0);

  @TempDir Path dir;

  /** Ten images in each of two classes. */
  private void fill(Path folder) {
    for (int i = 0; i < 10; i++) {
      write(folder.resolve("cat/" + i + ".png"), encode(image(6, 5, i), "png"));
      write(folder.resolve("ant/" + i + ".bmp"), encode(image(6, 5, 100 + i), "bmp"));
    }
  }

  private DataSplits open() {
    return Datasets.open("folder", dir, OPTIONS);
  }

  @Test
  void readsTrainAndTestFolders() {
    fill(dir.resolve("train"));
    fill(dir.resolve("test"));
    write(dir.resolve("train/README.txt"), new byte[] {1}); // beside the classes: not an image
    write(dir.resolve("train/cat/.hidden"), new byte[] {1});
    DataSplits splits = Datasets.open("folder", dir, DataOptions.defaults().withValidation(0.2));
    assertEquals(List.of("ant", "cat"), splits.train().classNames());
    assertEquals(16, splits.train().size());
    assertEquals(4, splits.validation().size());
    assertEquals(20, splits.test().size());
    assertEquals(new ImageShape(3, 5, 6), splits.train().shape());
    assertEquals(1, splits.test().label(13));
    byte[] expected = ImageFiles.read(dir.resolve("test/cat/3.png"), new ImageShape(3, 5, 6));
    assertArrayEquals(expected, pixels(splits.test(), 13));
  }

  @Test
  void readsItsOwnValidationFolder() {
    fill(dir.resolve("train"));
    fill(dir.resolve("test"));
    fill(dir.resolve("validation"));
    DataSplits splits = open();
    assertEquals(20, splits.train().size());
    assertEquals(20, splits.validation().size());
  }

  @Test
  void dividesAFolderWithoutParts() {
    fill(dir);
    DataSplits splits = open();
    assertEquals(16, splits.train().size());
    assertEquals(4, splits.test().size());
    assertEquals(splits.test().checksum(), open().test().checksum());
  }

  @Test
  void theChecksumSeesNamesContentsAndShape() throws IOException {
    fill(dir);
    String first = open().train().checksum();
    assertEquals(first, open().train().checksum());
    DataOptions small = OPTIONS.withImageShape(new ImageShape(3, 4, 4));
    assertNotEquals(first, Datasets.open("folder", dir, small).train().checksum());
    Files.move(dir.resolve("cat/9.png"), dir.resolve("cat/9b.png"));
    assertNotEquals(first, open().train().checksum());
  }

  @Test
  void imagesOfDifferentSizesNeedAWantedShape() {
    fill(dir);
    write(dir.resolve("cat/5.png"), encode(image(9, 9, 1), "png"));
    assertDataError(this::open, "5.png", "3x9x9", "3x5x6", "--input");
    DataOptions sized = OPTIONS.withImageShape(new ImageShape(1, 4, 4));
    assertEquals(new ImageShape(1, 4, 4), Datasets.open("folder", dir, sized).train().shape());
    DataOptions odd = OPTIONS.withImageShape(new ImageShape(2, 4, 4));
    assertDataError(() -> Datasets.open("folder", dir, odd), "2x4x4", "1 channel");
  }

  @Test
  void aGreyImageAmongColourOnesIsWelcomeButNotTheReverse() {
    fill(dir);
    write(dir.resolve("cat/5.png"), encode(grey(6, 5, 1), "png"));
    assertEquals(3, open().train().shape().channels());
    write(dir.resolve("ant/0.bmp"), encode(grey(6, 5, 1), "bmp"));
    assertDataError(this::open, "1x5x6");
  }

  @Test
  void theFirstDamagedImageIsNamedAndAllAreCounted() {
    fill(dir);
    write(dir.resolve("cat/7.png"), "no".getBytes());
    write(dir.resolve("cat/2.png"), new byte[0]);
    assertDataError(this::open, "2.png is empty", "2 of the 20 images");
  }

  @Test
  void otherFilesAndEmptyFoldersAreErrors() throws IOException {
    assertDataError(this::open, "no class folders");
    fill(dir);
    write(dir.resolve("cat/photo.webp"), new byte[] {1});
    assertDataError(this::open, "photo.webp", "convert it or move it");
    Files.delete(dir.resolve("cat/photo.webp"));
    Files.createDirectory(dir.resolve("dog"));
    assertDataError(this::open, "dog", "has no images");
  }

  @Test
  void aFolderIsNeeded() {
    assertDataError(() -> Datasets.open("folder", null, OPTIONS), "--data-dir");
    assertDataError(
        () -> Datasets.open("folder", dir.resolve("nowhere"), OPTIONS), "nowhere", "not a folder");
  }

  @Test
  void partsMustHaveTheSameClasses() throws IOException {
    fill(dir.resolve("train"));
    assertDataError(this::open, "no folder test");
    fill(dir.resolve("test"));
    Files.move(dir.resolve("test/cat"), dir.resolve("test/dog"));
    assertDataError(this::open, "unknown: [dog]", "missing: [cat]");
  }

  @Test
  void progressEndsWithTheTotal() {
    fill(dir);
    List<String> told = new ArrayList<>();
    Thread caller = Thread.currentThread();
    DataOptions options =
        OPTIONS.withProgress(
            (what, done, total) -> {
              assertEquals(caller, Thread.currentThread());
              told.add(what + " " + done + "/" + total);
            });
    Datasets.open("folder", dir, options);
    assertEquals("folder 20/20", told.getLast());
    assertTrue(told.stream().filter("folder 20/20"::equals).count() == 1, told.toString());
  }
}
