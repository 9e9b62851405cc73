package org.quadralib.backend.scalar;

import java.util.List;
import org.quadralib.backend.CpuBackend;
import org.quadralib.backend.Kernel;
import org.quadralib.backend.Memory;
import org.quadralib.graph.Node;
import org.quadralib.graph.op.AvgPool2d;
import org.quadralib.graph.op.AvgPool2dGradient;
import org.quadralib.graph.op.BatchNormGradient;
import org.quadralib.graph.op.BatchNormalize;
import org.quadralib.graph.op.BatchStatistics;
import org.quadralib.graph.op.Broadcast;
import org.quadralib.graph.op.Composite;
import org.quadralib.graph.op.Concat;
import org.quadralib.graph.op.CorrectPredictions;
import org.quadralib.graph.op.Elementwise;
import org.quadralib.graph.op.Fill;
import org.quadralib.graph.op.Fold;
import org.quadralib.graph.op.GlobalNorm;
import org.quadralib.graph.op.LinearOp;
import org.quadralib.graph.op.MaxPool2d;
import org.quadralib.graph.op.MaxPool2dGradient;
import org.quadralib.graph.op.NegativeLogLikelihood;
import org.quadralib.graph.op.NegativeLogLikelihoodGradient;
import org.quadralib.graph.op.Op;
import org.quadralib.graph.op.Pad;
import org.quadralib.graph.op.Reshape;
import org.quadralib.graph.op.Slice;
import org.quadralib.graph.op.Softmax;
import org.quadralib.graph.op.StateUpdate;
import org.quadralib.graph.op.Sum;
import org.quadralib.graph.op.Transpose;
import org.quadralib.graph.op.Unfold;
import org.quadralib.plan.Workspace;
import org.quadralib.tensor.TensorType;

/**
 * The reference backend: loops that read like the formulas, in one thread, computing in double
 * precision whatever the element type. Every other backend is tested against it.
 */
public final class ScalarBackend extends CpuBackend {
  /** A backend that holds nothing. */
  public ScalarBackend() {}

  @Override
  public String name() {
    return "scalar";
  }

  @Override
  public String description() {
    return "scalar (plain loops, 1 thread)";
  }

  @Override
  public boolean fuses(Composite op) {
    return false;
  }

  @Override
  public Workspace workspace(Node node) {
    return Workspace.NONE;
  }

  @Override
  public boolean supports(Op op, List<TensorType> operands) {
    return !(op instanceof Composite);
  }

  @Override
  public void close() {}

  @Override
  protected Kernel kernel(Node node, Memory memory) {
    return switch (node.op()) {
      case LinearOp op -> ScalarLinear.kernel(op, memory);
      case Elementwise op -> ScalarElementwise.kernel(op, memory);
      case Unfold op -> ScalarPatches.unfold(op, memory);
      case Fold op -> ScalarPatches.fold(op, memory);
      case MaxPool2d op -> ScalarPooling.max(op.window(), memory);
      case MaxPool2dGradient op -> ScalarPooling.maxGradient(op.window(), memory);
      case AvgPool2d op -> ScalarPooling.average(op.window(), op.countPadding(), memory);
      case AvgPool2dGradient op ->
          ScalarPooling.averageGradient(op.window(), op.countPadding(), memory);
      case BatchStatistics op -> ScalarBatchNorm.statistics(memory);
      case BatchNormalize op -> ScalarBatchNorm.normalize(op, memory);
      case BatchNormGradient op -> ScalarBatchNorm.gradient(op, memory);
      case Sum op -> ScalarMovement.sum(memory);
      case Broadcast op -> ScalarMovement.broadcast(memory);
      case Transpose op -> ScalarMovement.transpose(op, memory);
      case Concat op -> ScalarMovement.concat(op, memory);
      case Slice op -> ScalarMovement.slice(op, memory);
      case Pad op -> ScalarMovement.pad(op, memory);
      case Reshape op -> () -> {};
      case Fill op -> () -> memory.out().fill(op.value());
      case Softmax op -> ScalarLosses.softmax(op, memory);
      case NegativeLogLikelihood op -> ScalarLosses.negativeLogLikelihood(op, memory);
      case NegativeLogLikelihoodGradient op ->
          ScalarLosses.negativeLogLikelihoodGradient(op, memory);
      case CorrectPredictions op -> ScalarLosses.correctPredictions(memory);
      case GlobalNorm op -> ScalarLosses.globalNorm(memory);
      case StateUpdate op -> ScalarUpdates.kernel(op, memory);
      case Composite op ->
          throw new UnsupportedOperationException("the scalar backend runs no composites: " + op);
    };
  }
}
