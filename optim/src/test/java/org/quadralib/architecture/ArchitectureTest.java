package org.quadralib.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.quadralib.graph.op.NeuronType;
import org.quadralib.graph.op.Window;
import org.quadralib.layers.Activation;
import org.quadralib.layers.AvgPool2d;
import org.quadralib.layers.Backprop;
import org.quadralib.layers.BatchNorm2d;
import org.quadralib.layers.Clip;
import org.quadralib.layers.Conv2d;
import org.quadralib.layers.Dense;
import org.quadralib.layers.Dropout;
import org.quadralib.layers.Flatten;
import org.quadralib.layers.Initializer;
import org.quadralib.layers.Layer;
import org.quadralib.layers.LayerGraph;
import org.quadralib.layers.LayerScale;
import org.quadralib.layers.LowRankConv2d;
import org.quadralib.layers.LowRankDense;
import org.quadralib.layers.MaxPool2d;
import org.quadralib.layers.QResDense;
import org.quadralib.layers.QuadEnhancer;
import org.quadralib.layers.QuadraticConv2d;
import org.quadralib.layers.QuadraticDense;
import org.quadralib.layers.QuadraticStart;
import org.quadralib.layers.Residual;
import org.quadralib.layers.Sequential;
import org.quadralib.layers.ZeroPad2d;
import org.quadralib.models.ModelEntry;
import org.quadralib.models.Models;
import org.quadralib.tensor.Shape;

class ArchitectureTest {
  private static final Shape IMAGE = Shape.of(3, 32, 32);

  static Stream<ModelEntry> pool() {
    return Models.all().stream();
  }

  @ParameterizedTest
  @MethodSource("pool")
  void everyModelOfThePoolComesBackEqual(ModelEntry model) {
    Architecture written = new Architecture(model.name(), IMAGE, model.build(10));
    assertEquals(written, Architecture.parse(written.yaml(), "test"));
    assertEquals(10, written.outputs());
  }

  @Test
  void everySettingOfEveryLayerComesBackEqual() {
    Layer branch = Sequential.of(new Conv2d(8, 1), Activation.leakyRelu(0.2));
    Layer network =
        Sequential.of(
                new ZeroPad2d(1, 0, 2, 0),
                new Conv2d(8, 3)
                    .window(new Window(3, 1, 1, 2, 1, 0, 1, 2))
                    .groups(1)
                    .bias(false)
                    .initializer(Initializer.normal(5e-4)),
                new BatchNorm2d(1e-3),
                new Clip(0, 6),
                new Clip(-1, Double.POSITIVE_INFINITY),
                new LayerGraph(
                    List.of(
                        node("a", branch, LayerGraph.Merge.ADD, LayerGraph.INPUT),
                        node("b.0", branch, LayerGraph.Merge.ADD, LayerGraph.INPUT),
                        node("sum", Sequential.of(), LayerGraph.Merge.CONCAT, "a", "b.0"))),
                new QuadraticConv2d(16, 3)
                    .padding(1)
                    .groups(Conv2d.DEPTHWISE)
                    .neuron(NeuronType.T2_AND_4)
                    .start(QuadraticStart.RELINEAR)
                    .backprop(Backprop.HYBRID),
                new MaxPool2d(Window.square(3, 2, 1)),
                new AvgPool2d(2),
                new LowRankConv2d(6, 1, 2).projections(true),
                new QuadEnhancer(3),
                new LayerScale(0.5))
            .then("true", new Residual(new LayerScale(1)).shortcutName("down sample"))
            .then("odd \"name\"\n", new Flatten())
            .then("low", new LowRankDense(5, 1))
            .then("qres", new QResDense(4))
            .then("drop", new Dropout(0.25))
            .then("quad", new QuadraticDense(3).branchNorm(true))
            .then("norm", new BatchNorm2d())
            .then("out", new Dense(2).initializer(Initializer.xavierUniform()));
    Architecture written = new Architecture("all: of them", Shape.of(3, 20, 20), network);
    assertEquals(written, Architecture.parse(written.yaml(), "test"));
    assertTypesAreRecognised(written.yaml());
  }

  private static LayerGraph.Node node(
      String name, Layer layer, LayerGraph.Merge merge, String... inputs) {
    return new LayerGraph.Node(name, List.of(inputs), merge, layer);
  }

  @Test
  void aNumberIsANumberHoweverItIsWritten() {
    String text =
        """
        architecture: 1
        input: 2x4x4
        network:
          type: sequential
          layers:
          - {type: batch-norm2d, epsilon: 5e-4}
          - {type: flatten}
          - {type: dense, out: 3}
        """;
    Sequential network = (Sequential) Architecture.parse(text, "test").network();
    assertEquals(new BatchNorm2d(5e-4), network.layers().get("0"));
  }

  @Test
  void aWrongIndentIsNamedWithItsPlace() {
    assertMistake("a:\n  b: 1\n c: 2\n", "line 3, column 2: the indent does not fit");
    assertMistake("a:\n\tb: 1\n", "line 2, column 1: tabs do not indent; use spaces");
    assertMistake("a: 1\nb: \u0001\n", "there is a character that no text holds");
  }

  private static void assertMistake(String text, String fragment) {
    var error =
        assertThrows(IllegalArgumentException.class, () -> Architecture.parse(text, "net.yaml"));
    assertTrue(error.getMessage().startsWith("net.yaml, line "), error.getMessage());
    assertTrue(error.getMessage().contains(fragment), error.getMessage());
    assertEquals(1, error.getMessage().lines().count(), error.getMessage());
  }

  /** Quotes count where something else than a text is wanted, and characters may be wide ones. */
  @Test
  void textsMayBeQuotedBehindCharactersOfTwoHalves() {
    String text =
        """
        architecture: 1
        name: "\uD835\uDD38\uD835\uDD38\uD835\uDD38"
        input: "2x4x4"
        network: {type: "sequential", layers: [{type: flatten}, {type: 'dense', out: 3, bias: false}]}
        """;
    assertEquals(3, Architecture.parse(text, "test").outputs());
  }

  @ParameterizedTest
  @MethodSource("pool")
  void everyMistypedLayerIsRecognised(ModelEntry model) {
    assertTypesAreRecognised(new Architecture("x", IMAGE, model.build(10)).yaml());
  }

  private static void assertTypesAreRecognised(String yaml) {
    List<String> types =
        Pattern.compile("type: ([a-z0-9-]+)").matcher(yaml).results().map(m -> m.group(1)).toList();
    assertFalse(types.isEmpty());
    for (String type : Set.copyOf(types)) {
      String text = "architecture: 1\ninput: 1x4x4\nnetwork: {type: %sx}\n".formatted(type);
      assertMistake(
          text,
          "line 3: 'type': there is no layer '%sx' (did you mean '%s'?)".formatted(type, type));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {type: dense, out: ten}                | line 6: 'out': 'ten' is no whole number
          {type: dense, out: 1.5}                | line 6: 'out': '1.5' is no whole number
          {type: dense, out: 0}                  | line 6: 'out' must be from 1 to 1048576, not 0
          {type: dense}                          | line 6: the key 'out' is missing
          {type: dense, out: 3, bais: false}     | line 6: there is no key 'bais' here (did you mean 'bias'?)
          {type: dense, out: 3, bias: no}        | line 6: 'bias': 'no' is neither true nor false
          {type: dense, out: [3]}                | line 6: 'out' needs one value
          {type: dense, out: 3, init: magic}     | line 6: 'init': there is no initialisation 'magic'
          {type: dense, out: 3, out: 4}          | line 6, column 30: the key 'out' is there twice
          {type: dropout, rate: NaN}             | line 6: 'rate': 'NaN' is no number
          {type: dropout, rate: 2}               | line 6
          {type: denes, out: 3}                  | line 6: 'type': there is no layer 'denes' (did you mean 'dense'?)
          {type: quadratic-dense, out: 3, neuron: t9} | line 6: 'neuron': 't9' is none of first-order, t1
          {type: quadratic-dense, out: 3, neuron: t2, start: relinear} | line 6: neurons of type t2
          {type: conv2d, out: 3, kernel: [1, 2, 3]}   | line 6: 'kernel': there must be one number or two
          {type: conv2d, out: 3, kernel: 9}      | does not fit an image
          &a {type: dense, out: 3}               | 'input' is missing
          *a                                     | line 6
          relu                                   | line 6: an item of 'layers' must be keys and values
          {type: zzz}                            | line 6: 'type': there is no layer 'zzz'
          {type: dense, out: "3"}                | line 6: 'out': in quotes '3' is a text; write it without
          {type: dense, out: !!str 3}            | line 6: 'out': in quotes '3' is a text; write it without
          {type: dense, out: 3, bias: 'true'}    | line 6: 'bias': in quotes 'true' is a text; write it without
          {type: dropout, rate: "0.5"}           | line 6: 'rate': in quotes '0.5' is a text
          {type: conv2d, out: 3, kernel: [1, "1"]} | line 6: 'kernel': in quotes '1' is a text
          {type: dense, out: 3                   | line 7, column 1: a ',' or '}' is missing
          {type: dense, out: 3}}                 | line 6, column 26: there is a '}' too many
          {type: conv2d, kernel: [3, 3}          | line 6, column 33: a ',' or ']' is missing
          {type: dense, out: @3}                 | line 6, column 24: no value begins with this character
          {type: "dense, out: 3}                 | line 6, column 12: a quote is opened here and not closed
          type: dense: 3                         | line 6, column 16: there is a ':' too many, or an indent is wrong
          """)
  void mistakesAreNamedWithTheirLine(String layer, String fragment) {
    String input = layer.startsWith("&a") ? "" : "input: 2x4x4";
    String text =
        "architecture: 1\n%s\nnetwork:\n  type: sequential\n  layers:\n  - %s\n"
            .formatted(input, layer);
    var error =
        assertThrows(IllegalArgumentException.class, () -> Architecture.parse(text, "net.yaml"));
    assertTrue(error.getMessage().startsWith("net.yaml"), error.getMessage());
    assertTrue(error.getMessage().contains(fragment), error.getMessage());
    assertEquals(1, error.getMessage().lines().count(), error.getMessage());
  }

  @Test
  void deepNestingIsRefused() {
    StringBuilder text = new StringBuilder("architecture: 1\ninput: 1x1x1\nnetwork: ");
    text.append("{type: residual, body: ".repeat(5000)).append("x").append("}".repeat(5000));
    assertThrows(
        IllegalArgumentException.class, () -> Architecture.parse(text.toString(), "net.yaml"));
  }

  @Test
  void aLayerOfOnesOwnCannotBeWritten() {
    Architecture own = new Architecture("own", IMAGE, (trace, x) -> x);
    assertThrows(IllegalArgumentException.class, own::yaml);
  }
}
