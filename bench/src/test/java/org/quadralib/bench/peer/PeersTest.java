package org.quadralib.bench.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.quadralib.bench.versus.Agreement;
import org.quadralib.bench.versus.Contestant;
import org.quadralib.bench.versus.Ours;
import org.quadralib.bench.versus.Workload;
import org.quadralib.graph.op.NeuronType;
import org.quadralib.graph.op.Window;
import org.quadralib.layers.Activation;
import org.quadralib.layers.AvgPool2d;
import org.quadralib.layers.Backprop;
import org.quadralib.layers.Conv2d;
import org.quadralib.layers.Dense;
import org.quadralib.layers.GlobalAvgPool2d;
import org.quadralib.layers.Layer;
import org.quadralib.layers.MaxPool2d;
import org.quadralib.layers.QuadraticConv2d;
import org.quadralib.layers.Sequential;
import org.quadralib.models.Models;
import org.quadralib.tensor.Shape;

/** Every peer that is there computes what the library computes. */
class PeersTest {
  private static final Shape IMAGE = Shape.of(2, 9, 8);

  @TestFactory
  List<DynamicTest> peersAgree() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Peer peer : Peer.values()) {
      for (String model : List.of("qcnn", "qmlp", "resnet32", "qresnet14")) {
        Layer network = Models.named(model).build(10);
        tests.add(
            test(peer, model, () -> agreesOnTraining(peer, network, !model.equals("qresnet14"))));
      }
      for (NeuronType neuron :
          List.of(NeuronType.T2, NeuronType.T3, NeuronType.T4, NeuronType.T2_AND_4)) {
        Layer layer = new QuadraticConv2d(4, 3).neuron(neuron).stride(2);
        tests.add(test(peer, neuron.name(), () -> agreesOnGradients(peer, layer)));
      }
      tests.add(test(peer, "other layers", () -> agreesOnGradients(peer, others())));
    }
    return tests;
  }

  private static DynamicTest test(Peer peer, String name, Runnable test) {
    return DynamicTest.dynamicTest(peer + " " + name, test::run);
  }

  private static Layer others() {
    return Sequential.of(
        new Conv2d(4, 3).groups(Conv2d.DEPTHWISE).padding(2).dilation(2),
        Activation.leakyRelu(0.1),
        new AvgPool2d(Window.square(3, 1, 1)),
        Activation.gelu(),
        new MaxPool2d(Window.square(3, 2, 1)),
        Activation.silu(),
        new GlobalAvgPool2d(),
        Activation.tanh(),
        new Dense(3),
        Activation.sigmoid());
  }

  private static Workload workload(Layer network) {
    return new Workload(
        "test", network, IMAGE, 10, 6, 1, "vector", "autodiff", path -> Backprop.AUTODIFF);
  }

  private static void with(Peer peer, Ours ours, Workload workload, Consumer<Contestant> test) {
    String python = System.getenv("QUADRA_PYTHON");
    assumeTrue(peer != Peer.PYTHON || python != null, "QUADRA_PYTHON names no Python with torch");
    Contestant opened;
    try {
      opened = peer.open(workload, ours.model(), new Python(String.valueOf(python), Python.CPU));
    } catch (PeerUnavailableException e) {
      assumeTrue(false, e.getMessage());
      return;
    }
    try (opened) {
      test.accept(opened);
    }
  }

  /**
   * Trains two steps.
   *
   * @param evaluatesAfterwards false for deep quadratic networks, which may overflow then
   */
  private static void agreesOnTraining(Peer peer, Layer network, boolean evaluatesAfterwards) {
    Workload workload = workload(network);
    try (Ours ours = Ours.calibrated(workload)) {
      with(
          peer,
          ours,
          workload,
          other -> {
            assertEquals(1, other.threads());
            Agreement.require("logits", other.name(), ours.evaluate(), other.evaluate());
            for (int step = 0; step < 2; step++) { // the second sees what the first has updated
              double expected = ours.train(1).loss();
              assertEquals(expected, other.train(1).loss(), 1e-3 * expected);
            }
            if (evaluatesAfterwards) {
              Agreement.require("updated", other.name(), ours.evaluate(), other.evaluate());
            }
          });
    }
  }

  private static void agreesOnGradients(Peer peer, Layer layer) {
    Workload workload = workload(layer);
    try (Ours ours = Ours.open(workload)) {
      with(
          peer,
          ours,
          workload,
          other -> {
            ours.forwardAndBackward(1);
            other.forwardAndBackward(2);
            Agreement.require(
                "gradients", other.name(), ours.inputGradient(), other.inputGradient());
            ours.forward(1);
            other.forward(1);
            Agreement.require("outputs", other.name(), ours.evaluate(), other.evaluate());
          });
    }
  }

  @Test
  void aPythonWithoutTorchSaysSo() {
    Workload workload = workload(new Dense(2));
    try (Ours ours = Ours.open(workload.example(Shape.of(3)))) {
      assertThrows(
          PeerUnavailableException.class,
          () ->
              Peer.PYTHON.open(
                  workload.example(Shape.of(3)),
                  ours.model(),
                  new Python("/nowhere/python", Python.CPU)));
    }
  }

  @Test
  void aDeviceThatIsNotThereIsSaidToBeMissing() {
    String python = System.getenv("QUADRA_PYTHON");
    assumeTrue(python != null, "QUADRA_PYTHON names no Python with torch");
    Workload workload = workload(new Dense(2)).example(Shape.of(3));
    try (Ours ours = Ours.open(workload)) {
      var error =
          assertThrows(
              PeerUnavailableException.class,
              () -> Peer.PYTHON.open(workload, ours.model(), new Python(python, "cuda:99")));
      assertTrue(error.getMessage().contains("CUDA"), error.getMessage());
    }
  }
}
