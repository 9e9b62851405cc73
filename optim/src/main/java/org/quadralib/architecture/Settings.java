package org.quadralib.architecture;

import java.util.Locale;
import java.util.Optional;
import org.quadralib.graph.op.NeuronType;
import org.quadralib.graph.op.Window;
import org.quadralib.layers.Backprop;
import org.quadralib.layers.Conv2d;
import org.quadralib.layers.Initializer;
import org.quadralib.layers.QuadraticStart;
import org.quadralib.layers.StandardInitializer;

/** Settings that several layers have, read from keys and written as keys. */
final class Settings {
  private static final int MOST_OUTPUTS = 1 << 20;
  static final int MOST_PIXELS = 4096;

  private Settings() {}

  static int out(Fields f) {
    return f.integer("out", 1, MOST_OUTPUTS);
  }

  static int rank(Fields f) {
    return f.integer("rank", 1, MOST_PIXELS);
  }

  static int side(Fields f, String key) {
    return f.integer(key, 0, MOST_PIXELS, 0);
  }

  static int groups(Fields f) {
    boolean depthwise = f.has("groups") && f.text("groups").equals("depthwise");
    return depthwise ? Conv2d.DEPTHWISE : f.integer("groups", 1, MOST_OUTPUTS, 1);
  }

  static void groups(YamlText y, int groups) {
    if (groups == Conv2d.DEPTHWISE) {
      y.add("groups", "depthwise");
    } else {
      y.add("groups", groups, 1);
    }
  }

  static Window window(Fields f, int stride) {
    int[] kernel = f.pair("kernel", 1, MOST_PIXELS, 1);
    int[] strides = f.pair("stride", 1, MOST_PIXELS, stride);
    return window(f, kernel, strides);
  }

  /** A pooling window moves by its own size unless it says otherwise. */
  static Window poolWindow(Fields f) {
    int[] kernel = f.pair("kernel", 1, MOST_PIXELS, 1);
    return window(f, kernel, f.has("stride") ? f.pair("stride", 1, MOST_PIXELS, 1) : kernel);
  }

  static Window window(Fields f, int[] kernel, int[] stride) {
    int[] padding = f.pair("padding", 0, MOST_PIXELS, 0);
    int[] dilation = f.pair("dilation", 1, MOST_PIXELS, 1);
    return new Window(
        kernel[0],
        kernel[1],
        stride[0],
        stride[1],
        padding[0],
        padding[1],
        dilation[0],
        dilation[1]);
  }

  static void window(YamlText y, Window w, int stride) {
    y.pair("kernel", w.kernelHeight(), w.kernelWidth(), 0);
    y.pair("stride", w.strideHeight(), w.strideWidth(), stride);
    y.pair("padding", w.paddingHeight(), w.paddingWidth(), 0);
    y.pair("dilation", w.dilationHeight(), w.dilationWidth(), 1);
  }

  static YamlText pool(YamlText y, Window w) {
    boolean own = w.strideHeight() == w.kernelHeight() && w.strideWidth() == w.kernelWidth();
    window(y, own ? strideOne(w) : w, own ? 1 : 0);
    return y;
  }

  private static Window strideOne(Window w) {
    return new Window(
        w.kernelHeight(),
        w.kernelWidth(),
        1,
        1,
        w.paddingHeight(),
        w.paddingWidth(),
        w.dilationHeight(),
        w.dilationWidth());
  }

  static Optional<Backprop> backprop(Fields f) {
    return f.has("backprop") ? Optional.of(f.choice("backprop", Backprop.class)) : Optional.empty();
  }

  static YamlText quadratic(
      YamlText y,
      NeuronType neuron,
      boolean bias,
      boolean branchNorm,
      Initializer initializer,
      Optional<Backprop> backprop,
      QuadraticStart start) {
    y.add("neuron", YamlText.name(neuron), YamlText.name(NeuronType.QUADRA))
        .add("bias", bias, true)
        .add("branch-norm", branchNorm, false);
    backprop.ifPresent(choice -> y.add("backprop", YamlText.name(choice)));
    return initializer(
        y.add("start", YamlText.name(start), YamlText.name(QuadraticStart.RANDOM)), initializer);
  }

  static Initializer initializer(Fields f) {
    return initializer(f, Initializer.kaimingNormal());
  }

  /** A rule, and a number where it is not 1: {@code init: normal 0.01}. */
  static Initializer initializer(Fields f, Initializer usual) {
    if (!f.has("init")) {
      return usual;
    }
    String[] words = f.text("init").split(" ", 2);
    for (StandardInitializer.Rule rule : StandardInitializer.Rule.values()) {
      if (YamlText.name(rule).equals(words[0])) {
        try {
          return new StandardInitializer(
              rule, words.length == 1 ? 1 : Double.parseDouble(words[1]));
        } catch (NumberFormatException e) {
          throw f.wrong("init", "'" + words[1] + "' is no number");
        }
      }
    }
    throw f.wrong(
        "init", "there is no initialisation '%s'; try kaiming-normal".formatted(words[0]));
  }

  static YamlText initializer(YamlText y, Initializer initializer) {
    return initializer(y, initializer, Initializer.kaimingNormal());
  }

  static YamlText initializer(YamlText y, Initializer initializer, Initializer usual) {
    if (initializer.equals(usual)) {
      return y;
    }
    if (!(initializer instanceof StandardInitializer standard)) {
      throw new IllegalArgumentException(
          "an initialisation that is a function cannot be written down; use one of the library's");
    }
    String name = YamlText.name(standard.rule());
    return y.add(
        "init",
        standard.parameter() == 1
            ? name
            : String.format(Locale.ROOT, "%s %s", name, standard.parameter()));
  }
}
