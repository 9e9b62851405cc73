package org.quadralib.samples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.quadralib.chart.PngImage;
import org.quadralib.data.Dataset;
import org.quadralib.data.ExampleReader;
import org.quadralib.data.ImageFiles;
import org.quadralib.data.ImageShape;
import org.quadralib.data.Normalize;
import org.quadralib.data.Subset;
import org.quadralib.io.Npy;
import org.quadralib.memory.Category;
import org.quadralib.memory.TensorArena;
import org.quadralib.report.Mistakes;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Tensor;
import org.quadralib.tensor.TensorType;

/**
 * Images to look into a model with.
 *
 * @param tensor {@code [n, channels, height, width]}, normalised
 * @param pictures the same for people
 * @param captions one for each
 * @param labels classes, −1 where they are not known
 */
record AnalysisImages(Tensor tensor, List<PngImage> pictures, List<String> captions, int[] labels) {
  /** More would tell no more, and take long. */
  static final int MOST = 1000;

  int count() {
    return labels.length;
  }

  /** Whether the class of every image is known. */
  boolean isLabelled() {
    return Arrays.stream(labels).allMatch(label -> label >= 0);
  }

  ImageShape shape() {
    return new ImageShape(tensor.shape().dim(1), tensor.shape().dim(2), tensor.shape().dim(3));
  }

  /** The first images as a view. */
  Tensor first(int count) {
    long bytes = tensor.segment().byteSize() / count();
    return new Tensor(
        tensor.type().with(tensor.shape().with(0, count)),
        tensor.segment().asSlice(0, count * bytes));
  }

  /** Examples of a data set, evenly over all of it, one class after another in turn. */
  static AnalysisImages of(Dataset data, Optional<Normalize> normalize, TensorArena arena) {
    int[] indexes = spread(data);
    int count = indexes.length;
    Dataset chosen = new Subset(data, data.name(), indexes);
    List<PngImage> pictures = new ArrayList<>();
    List<String> captions = new ArrayList<>();
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = chosen.label(i);
      pictures.add(Mistakes.picture(chosen, i));
      captions.add("%s (test image %d)".formatted(data.classNames().get(labels[i]), indexes[i]));
    }
    return read(chosen, normalize, arena, pictures, captions, labels);
  }

  private static int[] spread(Dataset data) {
    int count = Math.min(MOST, data.size());
    int[] seen = new int[data.classNames().size()];
    record Turn(int round, int label, int index) {}
    List<Turn> turns = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int index = (int) ((long) i * data.size() / count);
      int label = data.label(index);
      turns.add(new Turn(seen[label]++, label, index));
    }
    turns.sort(Comparator.comparingInt(Turn::round).thenComparing(Turn::label));
    return turns.stream().mapToInt(Turn::index).toArray();
  }

  private static AnalysisImages read(
      Dataset data,
      Optional<Normalize> normalize,
      TensorArena arena,
      List<PngImage> pictures,
      List<String> captions,
      int[] labels) {
    Tensor tensor = allocate(arena, data.size(), data.shape());
    ExampleReader reader =
        new ExampleReader(
            data, normalize.map(List::<org.quadralib.data.Transform>of).orElse(List.of()), 0);
    for (int i = 0; i < data.size(); i++) {
      reader.read(0, i, tensor.segment(), i);
    }
    return new AnalysisImages(tensor, pictures, captions, labels);
  }

  private static Tensor allocate(TensorArena arena, int count, ImageShape shape) {
    return arena.allocate(
        "images",
        Category.INPUT,
        TensorType.float32(count, shape.channels(), shape.height(), shape.width()));
  }

  /**
   * Image files: one, or those of a folder and of folders in it. Where a folder in it is named like
   * a class, its images are of that class.
   */
  static AnalysisImages of(
      Path path,
      ImageShape shape,
      List<String> classNames,
      Optional<Normalize> normalize,
      TensorArena arena)
      throws IOException {
    List<Path> files = files(path);
    byte[] pixels = new byte[Math.multiplyExact(files.size(), shape.size())];
    int[] labels = new int[files.size()];
    List<String> captions = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      byte[] image = ImageFiles.read(files.get(i), shape);
      System.arraycopy(image, 0, pixels, i * shape.size(), shape.size());
      Path parent = files.get(i).toAbsolutePath().getParent();
      Path name = parent == null ? null : parent.getFileName();
      labels[i] = name == null ? -1 : classNames.indexOf(name.toString());
      captions.add(
          path.equals(files.get(i))
              ? String.valueOf(path.getFileName())
              : path.relativize(files.get(i)).toString());
    }
    Dataset data =
        org.quadralib.data.InMemoryDataset.of(
            path.toString(), shape, List.of("images"), pixels, new int[files.size()]);
    List<PngImage> pictures =
        IntStream.range(0, files.size()).mapToObj(i -> Mistakes.picture(data, i)).toList();
    return read(data, normalize, arena, pictures, captions, labels);
  }

  private static List<Path> files(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      return List.of(path);
    }
    try (Stream<Path> walk = Files.walk(path, 2)) {
      List<Path> files =
          walk.filter(Files::isRegularFile).filter(AnalysisImages::isImage).sorted().toList();
      if (files.isEmpty()) {
        throw new IllegalArgumentException(
            path + " holds no image files; name a folder of .png, .jpg, .gif or .bmp files");
      }
      int count = Math.min(MOST, files.size());
      return IntStream.range(0, count)
          .mapToObj(i -> files.get((int) ((long) i * files.size() / count)))
          .toList();
    }
  }

  private static boolean isImage(Path file) {
    return file.getFileName()
        .toString()
        .toLowerCase(Locale.ROOT)
        .matches(".*\\.(png|jpe?g|gif|bmp)");
  }

  /** An array of intensities from 0 to 1. */
  static AnalysisImages ofArray(Path file, Optional<Normalize> normalize, TensorArena arena)
      throws IOException {
    try (Npy array = Npy.open(file)) {
      TensorType type = array.tensor().type();
      if (type.dtype() != DType.FLOAT32 || type.shape().rank() != 4 || type.shape().dim(0) == 0) {
        throw new IllegalArgumentException(
            "%s holds %s, but images must be float32 [N, channels, height, width]"
                .formatted(file, type));
      }
      int count = Math.min(MOST, type.shape().dim(0));
      ImageShape shape =
          new ImageShape(type.shape().dim(1), type.shape().dim(2), type.shape().dim(3));
      Tensor tensor = allocate(arena, count, shape);
      tensor.segment().copyFrom(array.tensor().segment().asSlice(0, tensor.segment().byteSize()));
      List<PngImage> pictures = new ArrayList<>();
      List<String> captions = new ArrayList<>();
      int plane = shape.height() * shape.width();
      for (int i = 0; i < count; i++) {
        long from = (long) i * shape.size();
        pictures.add(
            PngImage.draw(
                shape.width(),
                shape.height(),
                (channel, row, column) ->
                    tensor.get(
                        from
                            + (long) (shape.channels() >= 3 ? channel : 0) * plane
                            + (long) row * shape.width()
                            + column)));
        captions.add("image " + i);
      }
      normalize.ifPresent(by -> normalize(tensor, by, plane));
      int[] labels = new int[count];
      Arrays.fill(labels, -1);
      return new AnalysisImages(tensor, pictures, captions, labels);
    }
  }

  private static void normalize(Tensor images, Normalize by, int plane) {
    by.outputShape(
        new ImageShape(images.shape().dim(1), images.shape().dim(2), images.shape().dim(3)));
    for (long i = 0; i < images.elements(); i++) {
      int channel = (int) (i / plane % images.shape().dim(1));
      float scale = 1 / by.std().get(channel);
      images.set(i, ((float) images.get(i) - by.mean().get(channel)) * scale);
    }
  }
}
