package org.quadralib.lowering;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.quadralib.graph.Node;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.BatchNormalize;
import org.quadralib.graph.op.Binary;
import org.quadralib.graph.op.Conv2d;
import org.quadralib.graph.op.Fused;
import org.quadralib.graph.op.FusedConv2d;
import org.quadralib.graph.op.FusedNormalize;
import org.quadralib.graph.op.MulAdd;
import org.quadralib.graph.op.NormalizedForm;
import org.quadralib.graph.op.Unary;
import org.quadralib.graph.op.UnaryFunction;

/**
 * Finds a {@link NormalizedForm}: walks from its maps to its result as long as nobody else reads
 * what is in between.
 */
final class FormMatch {
  private final Uses uses;
  private final List<Node> nodes = new ArrayList<>();
  private final List<Value> operands = new ArrayList<>();
  private OptionalDouble mapNorm = OptionalDouble.empty();
  private OptionalDouble norm = OptionalDouble.empty();
  private boolean relu;
  private @Nullable Value addend;

  private FormMatch(Uses uses) {
    this.uses = uses;
  }

  /** The form that begins with a node; null if there is none. */
  static Fusion.@Nullable Match of(Uses uses, Node node) {
    return switch (node.op()) {
      case Conv2d conv -> new FormMatch(uses).convolution(node, conv);
      case BatchNormalize normalize -> new FormMatch(uses).normalization(node, normalize);
      default -> null;
    };
  }

  private Fusion.@Nullable Match convolution(Node node, Conv2d conv) {
    if (conv.maps() > 3) {
      return null;
    }
    normalizeMaps(node.outputs());
    boolean joined =
        join(conv.maps(), mapNorm.isPresent() ? lastOutputs(conv.maps()) : node.outputs());
    if (!joined || nodes.isEmpty()) {
      return null;
    }
    List<Value> all = new ArrayList<>(node.inputs());
    nodes.addFirst(node);
    return match(new FusedConv2d(conv, form(conv.maps())), all);
  }

  /** A normalised tensor, or three of which this is the first. */
  private Fusion.@Nullable Match normalization(Node node, BatchNormalize op) {
    Value result = node.output();
    if (!(uses.soleReader(result) instanceof Node reader)) {
      return null;
    }
    List<Value> maps = new ArrayList<>();
    mapNorm = OptionalDouble.of(op.epsilon());
    if (reader.op() instanceof MulAdd) {
      for (Value term : reader.inputs()) {
        if (!(uses.producer(term) instanceof Node producer
            && producer.op() instanceof BatchNormalize other
            && other.epsilon() == op.epsilon()
            && uses.soleReader(term) == reader)) {
          return null;
        }
        addNorm(producer);
        maps.add(producer.inputs().getFirst());
      }
    } else {
      addNorm(node);
      maps.add(node.inputs().getFirst());
    }
    int norms = nodes.size();
    if (!join(maps.size(), lastOutputs(norms)) || nodes.size() == norms) {
      return null;
    }
    return match(new FusedNormalize(form(maps.size())), maps);
  }

  private Fusion.Match match(Fused op, List<Value> first) {
    List<Value> inputs = new ArrayList<>(first);
    inputs.addAll(operands);
    if (addend != null) {
      inputs.add(addend);
    }
    Node start = nodes.getFirst();
    Node last = nodes.getLast();
    Node fused = new Node(op, inputs, last.outputs(), start.phase(), start.scope());
    return new Fusion.Match(fused, last, nodes);
  }

  private NormalizedForm form(int maps) {
    return new NormalizedForm(maps, mapNorm, norm, addend != null, relu);
  }

  private List<Value> lastOutputs(int count) {
    return nodes.subList(nodes.size() - count, nodes.size()).stream().map(Node::output).toList();
  }

  /** Takes the normalisations of maps, if all are normalised alike. */
  private void normalizeMaps(List<Value> maps) {
    List<Node> norms = new ArrayList<>();
    for (Value map : maps) {
      if (normalizationOf(map) instanceof Node reader) {
        norms.add(reader);
      }
    }
    List<Double> epsilons = norms.stream().map(FormMatch::epsilon).distinct().toList();
    if (norms.size() == maps.size() && epsilons.size() == 1) {
      mapNorm = OptionalDouble.of(epsilons.getFirst());
      norms.forEach(this::addNorm);
    }
  }

  private @Nullable Node normalizationOf(Value x) {
    return uses.soleReader(x) instanceof Node reader
            && reader.op() instanceof BatchNormalize
            && reader.inputs().getFirst() == x
        ? reader
        : null;
  }

  private static double epsilon(Node normalization) {
    return ((BatchNormalize) normalization.op()).epsilon();
  }

  private void addNorm(Node node) {
    nodes.add(node);
    operands.addAll(node.inputs().subList(1, node.inputs().size()));
  }

  /** Takes what makes one value of the terms, and what follows; false if it is something else. */
  private boolean join(int maps, List<Value> terms) {
    Value y = terms.getFirst();
    if (maps > 1) {
      if (!(uses.soleReader(y) instanceof Node reader
          && terms.stream().allMatch(term -> uses.soleReader(term) == reader)
          && joins(reader, terms))) {
        return false;
      }
      nodes.add(reader);
      y = reader.output();
    }
    if (normalizationOf(y) instanceof Node normalization) {
      norm = OptionalDouble.of(epsilon(normalization));
      addNorm(normalization);
      y = normalization.output();
    }
    if (uses.soleReader(y) instanceof Node sum && isSum(sum)) {
      addend = sum.inputs().get(sum.inputs().getFirst() == y ? 1 : 0);
      nodes.add(sum);
      y = sum.output();
    }
    if (uses.soleReader(y) instanceof Node reader
        && reader.op() instanceof Unary unary
        && unary.function() == UnaryFunction.RELU) {
      relu = true;
      nodes.add(reader);
    }
    return true;
  }

  private static boolean joins(Node node, List<Value> terms) {
    return switch (node.op()) {
      case Binary binary -> terms.size() == 2 && binary.function() == Binary.Function.MUL;
      // The third term is the addend; the order of the factors does not matter.
      case MulAdd mulAdd -> terms.size() == 3 && node.inputs().get(2) == terms.get(2);
      default -> false;
    };
  }

  private static boolean isSum(Node node) {
    return node.op() instanceof Binary binary
        && binary.function() == Binary.Function.ADD
        && node.inputs().stream().allMatch(x -> x.type().equals(node.output().type()));
  }
}
