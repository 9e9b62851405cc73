package org.quadralib.samples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.quadralib.data.ImageFiles;
import org.quadralib.data.ImageShape;
import org.quadralib.io.Npy;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;

/** Where the object is in images, {@code [height × width]} for each. */
final class ObjectMask {
  private ObjectMask() {}

  /** A box, the same for all images: left, top, width and height in pixels. */
  static List<boolean[]> ofBox(String box, ImageShape shape, int count) {
    if (!box.matches("\\d{1,5},\\d{1,5},\\d{1,5},\\d{1,5}")) {
      throw new IllegalArgumentException(
          "--box '%s' is not a box; write left,top,width,height in pixels, such as 2,2,4,4"
              .formatted(box));
    }
    int[] numbers = Arrays.stream(box.split(",")).mapToInt(Integer::parseInt).toArray();
    int right = numbers[0] + numbers[2];
    int bottom = numbers[1] + numbers[3];
    if (numbers[2] == 0 || numbers[3] == 0) {
      throw new IllegalArgumentException(
          "--box %s is empty; width and height must be at least 1".formatted(box));
    }
    if (right > shape.width() || bottom > shape.height()) {
      throw new IllegalArgumentException(
          "--box %s does not lie in the images of %d×%d pixels; make it smaller"
              .formatted(box, shape.width(), shape.height()));
    }
    boolean[] mask = new boolean[shape.height() * shape.width()];
    for (int row = numbers[1]; row < bottom; row++) {
      Arrays.fill(mask, row * shape.width() + numbers[0], row * shape.width() + right, true);
    }
    return Collections.nCopies(count, mask);
  }

  /**
   * A file: an image, light where the object is, or an array {@code [height, width]} or {@code [n,
   * height, width]} that is not 0 there.
   */
  static List<boolean[]> ofFile(Path file, ImageShape shape, int count) throws IOException {
    List<boolean[]> masks =
        file.toString().toLowerCase(Locale.ROOT).endsWith(".npy")
            ? ofArray(file, shape, count)
            : ofImage(file, shape, count);
    for (boolean[] mask : masks) {
      boolean some = false;
      for (boolean inside : mask) {
        some |= inside;
      }
      if (!some) {
        throw new IllegalArgumentException(
            file + " marks no pixel; make the object light, or not 0, in it");
      }
    }
    return masks;
  }

  private static List<boolean[]> ofImage(Path file, ImageShape shape, int count) {
    byte[] pixels = ImageFiles.read(file, new ImageShape(1, shape.height(), shape.width()));
    boolean[] mask = new boolean[pixels.length];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = (pixels[i] & 0xff) >= 128;
    }
    return Collections.nCopies(count, mask);
  }

  private static List<boolean[]> ofArray(Path file, ImageShape shape, int count)
      throws IOException {
    try (Npy array = Npy.open(file)) {
      Tensor tensor = array.tensor();
      Shape one = Shape.of(shape.height(), shape.width());
      Shape found = tensor.shape();
      boolean single = found.equals(one);
      boolean many =
          found.rank() == 3
              && found.dim(0) >= count
              && found.dim(1) == shape.height()
              && found.dim(2) == shape.width();
      if (!single && !many) {
        throw new IllegalArgumentException(
            "%s is %s, but a mask for %d images must be %s or [%dx%dx%d]"
                .formatted(file, found, count, one, count, shape.height(), shape.width()));
      }
      List<boolean[]> masks = new ArrayList<>();
      int plane = shape.height() * shape.width();
      for (int i = 0; i < count; i++) {
        boolean[] mask = new boolean[plane];
        for (int p = 0; p < plane; p++) {
          mask[p] = tensor.get((single ? 0 : (long) i * plane) + p) != 0;
        }
        masks.add(mask);
      }
      return masks;
    }
  }
}
