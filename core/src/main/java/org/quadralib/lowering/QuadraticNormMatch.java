package org.quadralib.lowering;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quadralib.graph.Node;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.BatchNormGradient;
import org.quadralib.graph.op.BatchNormalize;
import org.quadralib.graph.op.Binary;
import org.quadralib.graph.op.QuadraticNormGradient;

/**
 * Finds the derivative of {@code Â ∘ B̂ + Ĉ}: three {@link BatchNormGradient}s, of {@code g ∘ B̂},
 * {@code g ∘ Â} and {@code g}. Where A, B and C come from does not matter: some may be kept from
 * the forward pass and others computed again.
 */
final class QuadraticNormMatch {
  private final Uses uses;

  private QuadraticNormMatch(Uses uses) {
    this.uses = uses;
  }

  /** The derivative that a node is a part of; null if it is not. */
  static Fusion.@Nullable Match of(Uses uses, Node node) {
    return node.op() instanceof BatchNormGradient op
        ? new QuadraticNormMatch(uses).match(node, op.epsilon())
        : null;
  }

  /** Takes the node for the gradient of A, and looks for those of B and C. */
  private Fusion.@Nullable Match match(Node ofA, double epsilon) {
    if (!(product(ofA) instanceof Node product)) {
      return null;
    }
    for (int i = 0; i < 2; i++) {
      Value g = product.inputs().get(i);
      if (!(normalization(product.inputs().get(1 - i), epsilon) instanceof Node normB)) {
        continue;
      }
      for (Node ofB : gradients(normB.inputs().getFirst(), epsilon)) {
        if (cofactor(ofB, g) instanceof Value other
            && normalization(other, epsilon) instanceof Node normA
            && normA.inputs().getFirst() == x(ofA)
            && ofB != ofA) {
          for (Node ofC : uses.readers(g)) {
            if (isGradient(ofC, epsilon)
                && ofC.inputs().getFirst() == g
                && areThree(x(ofA), x(ofB), x(ofC))) {
              return fused(epsilon, g, List.of(ofA, ofB, ofC), List.of(normA, normB));
            }
          }
        }
      }
    }
    return null;
  }

  private Fusion.@Nullable Match fused(
      double epsilon, Value g, List<Node> gradients, List<Node> norms) {
    List<Value> inputs = new ArrayList<>(List.of(g));
    gradients.forEach(node -> inputs.add(x(node)));
    for (int map = 0; map < gradients.size(); map++) {
      Node own = map < norms.size() ? norms.get(map) : null;
      // mean, variance and γ; then β, of which the gradient of C is independent.
      inputs.addAll(gradients.get(map).inputs().subList(2, 5));
      if (own != null) {
        inputs.add(own.inputs().getLast());
      }
    }
    List<Value> outputs = new ArrayList<>();
    gradients.forEach(node -> outputs.addAll(node.outputs()));
    // Some results are read before the last of the three.
    Node first = gradients.stream().min(Comparator.comparingInt(uses::position)).orElseThrow();
    if (!inputs.stream().allMatch(input -> isBefore(input, first))) {
      return null; // something is computed again only later
    }
    Node fused =
        new Node(new QuadraticNormGradient(epsilon), inputs, outputs, first.phase(), first.scope());
    return new Fusion.Match(fused, first, gradients);
  }

  private boolean isBefore(Value value, Node node) {
    Node producer = uses.producer(value);
    return producer == null || uses.position(producer) < uses.position(node);
  }

  /** The tensor that was normalised. */
  private static Value x(Node gradient) {
    return gradient.inputs().get(1);
  }

  private static boolean isGradient(Node node, double epsilon) {
    return node.op() instanceof BatchNormGradient op && op.epsilon() == epsilon;
  }

  private List<Node> gradients(Value x, double epsilon) {
    return uses.readers(x).stream()
        .filter(node -> isGradient(node, epsilon) && x(node) == x)
        .toList();
  }

  /** The product that a gradient of a normalisation starts from. */
  private @Nullable Node product(Node gradient) {
    return uses.producer(gradient.inputs().getFirst()) instanceof Node node
            && node.op() instanceof Binary binary
            && binary.function() == Binary.Function.MUL
            && node.inputs().stream().allMatch(x -> x.type().equals(node.output().type()))
        ? node
        : null;
  }

  private @Nullable Value cofactor(Node gradient, Value g) {
    if (!(product(gradient) instanceof Node node) || !node.inputs().contains(g)) {
      return null;
    }
    return node.inputs().get(node.inputs().getFirst() == g ? 1 : 0);
  }

  private @Nullable Node normalization(Value value, double epsilon) {
    return uses.producer(value) instanceof Node node
            && node.op() instanceof BatchNormalize op
            && op.epsilon() == epsilon
        ? node
        : null;
  }

  private static boolean areThree(Value a, Value b, Value c) {
    return a != b && b != c && c != a;
  }
}
