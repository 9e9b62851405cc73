package org.quadralib.samples;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.quadralib.backend.Backend;
import org.quadralib.backend.Backends;
import org.quadralib.data.ImageShape;
import org.quadralib.layers.Layer;
import org.quadralib.layers.ModelSummary;
import org.quadralib.memory.Bytes;
import org.quadralib.memory.Category;
import org.quadralib.models.ModelEntry;
import org.quadralib.models.Models;
import org.quadralib.profile.MemoryReport;
import org.quadralib.profile.MemoryUsage;
import org.quadralib.tensor.Shape;
import org.quadralib.train.Recipe;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code quadra models}: the model pool. */
@Command(
    name = "models",
    header = "Lists the models, or shows one layer by layer.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    footer = {
      "%nExamples:",
      "  quadra models",
      "  quadra models qcnn --input 1x8x8",
      "  quadra models qresnet14 --batch 128",
      "  quadra models vgg16 --neuron t4 --width 0.5",
      "  quadra models qresnet14 --match params",
    })
final class ModelsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(arity = "0..1", paramLabel = "NAME", description = "Show this model layer by layer.")
  private @Nullable String name;

  @Option(
      names = "--input",
      paramLabel = "CxHxW",
      defaultValue = "3x32x32",
      description = "Channels, height and width of an image. Default: ${DEFAULT-VALUE}.")
  private ImageShape input;

  @Option(
      names = "--classes",
      paramLabel = "N",
      defaultValue = "10",
      description = "Number of classes. Default: ${DEFAULT-VALUE}.")
  private int classes;

  @ArgGroup(validate = false, heading = "%nChanges to the models:%n")
  private ModelFlags flags = new ModelFlags();

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "With NAME: also plan the memory of training on batches of N images.")
  private @Nullable Integer batch;

  @Mixin private JsonFlag json;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Shape example = Images.exampleOf(input);
    if (json.given) {
      out.println(name != null ? oneAsJson(name, example) : listAsJson(example));
    } else if (name != null) {
      Layer layer = flags.build(Models.named(name), example, classes);
      out.print(ModelSummary.of(layer, example).table());
      if (batch != null) {
        out.printf("%n%s", memory(layer, example, batch).table());
      }
    } else {
      list(out, Models.all(), example);
    }
    out.flush();
    return 0;
  }

  private static MemoryReport memory(Layer layer, Shape example, int batch) {
    if (batch < 1) {
      throw new IllegalArgumentException("--batch must be at least 1, not " + batch);
    }
    try (Backend backend = Backends.automatic(Runtime.getRuntime().availableProcessors())) {
      return MemoryReport.of(layer, example, Recipe.defaults(), batch, backend);
    }
  }

  private void list(PrintWriter out, List<ModelEntry> models, Shape example) {
    // A wrong number of classes or width is an error before the table.
    flags.build(models.getFirst(), Shape.of(3, 32, 32), classes);
    out.printf(
        "For images of %s and %d classes; kept: from forward to backward for each image,"
            + " autodiff, hybrid and block:%n%n",
        input, classes);
    String row = "%-13s %12s %15s %10s %31s  %s%n";
    out.printf(row, "model", "parameters", "MACs", "weights", "kept", "");
    try (Backend backend = Backends.automatic(1)) {
      for (ModelEntry model : models) {
        try {
          Layer layer = flags.build(model, example, classes);
          ModelSummary summary = ModelSummary.of(layer, example);
          MemoryReport memory = MemoryReport.of(layer, example, Recipe.defaults(), 1, backend);
          out.printf(
              row,
              model.name(),
              grouped(summary.parameters()),
              grouped(summary.macs()),
              Bytes.format(memory.hybrid().bytes(Category.PARAMETER)),
              Bytes.format(memory.autodiff().savedBytes())
                  + " "
                  + Bytes.format(memory.hybrid().savedBytes())
                  + " "
                  + Bytes.format(memory.block().savedBytes()),
              model.description());
        } catch (IllegalArgumentException e) {
          out.printf(row, model.name(), "-", "-", "-", "-", "cannot be had so: " + e.getMessage());
        }
      }
    }
  }

  private ObjectNode oneAsJson(String model, Shape example) {
    Layer layer = flags.build(Models.named(model), example, classes);
    ModelSummary summary = ModelSummary.of(layer, example);
    ObjectNode result = JsonNodeFactory.instance.objectNode();
    result.put("model", model).put("input", input.toString()).put("classes", classes);
    result.put("parameters", summary.parameters()).put("macs", summary.macs());
    ArrayNode layers = result.putArray("layers");
    for (ModelSummary.Row row : summary.rows()) {
      ObjectNode entry = layers.addObject();
      entry.put("layer", row.path()).put("operation", row.operation());
      ArrayNode output = entry.putArray("output");
      Arrays.stream(row.output().dims()).forEach(output::add);
      entry.put("parameters", row.parameters()).put("macs", row.macs());
    }
    if (batch != null) {
      MemoryReport memory = memory(layer, example, batch);
      result.put("batch", batch);
      putBytes(result.putObject("savedBytes"), memory, MemoryUsage::savedBytes);
      putBytes(result.putObject("peakBytes"), memory, MemoryUsage::peakBytes);
    }
    return result;
  }

  private ObjectNode listAsJson(Shape example) {
    ObjectNode result = JsonNodeFactory.instance.objectNode();
    result.put("input", input.toString()).put("classes", classes);
    ArrayNode models = result.putArray("models");
    try (Backend backend = Backends.automatic(1)) {
      for (ModelEntry model : Models.all()) {
        ObjectNode entry = models.addObject();
        entry.put("model", model.name()).put("description", model.description());
        try {
          Layer layer = flags.build(model, example, classes);
          ModelSummary summary = ModelSummary.of(layer, example);
          MemoryReport memory = MemoryReport.of(layer, example, Recipe.defaults(), 1, backend);
          entry.put("parameters", summary.parameters()).put("macs", summary.macs());
          entry.put("weightBytes", memory.hybrid().bytes(Category.PARAMETER));
          putBytes(entry.putObject("savedBytes"), memory, MemoryUsage::savedBytes);
        } catch (IllegalArgumentException e) {
          entry.put("error", e.getMessage());
        }
      }
    }
    return result;
  }

  private static void putBytes(
      ObjectNode node, MemoryReport memory, ToLongFunction<MemoryUsage> bytes) {
    node.put("autodiff", bytes.applyAsLong(memory.autodiff()));
    node.put("hybrid", bytes.applyAsLong(memory.hybrid()));
    node.put("block", bytes.applyAsLong(memory.block()));
  }

  private static String grouped(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
