package org.quadralib.graph.op;

import java.util.List;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.TensorType;

/**
 * The patches a convolution sees (im2col). Operand: {@code x [n, c, h, w]}. Result: {@code [n,
 * groups, c/groups·kh·kw, oh·ow]}, elements of a patch in channel, row, column order, zero where
 * the window leaves the image.
 */
public record Unfold(Window window, int groups) implements Op {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Operands.count(this, operands, 1);
    TensorType x = operands.get(0);
    Operands.rank(this, x, 4, "an input [batch, channels, height, width]");
    int channels = x.shape().dim(1);
    Operands.require(
        groups >= 1 && channels % groups == 0,
        this,
        "%d groups must divide %d channels",
        groups,
        channels);
    Shape image = Operands.named(this, () -> window.output(x.shape()));
    int positions = image.dim(2) * image.dim(3);
    return List.of(
        x.with(Shape.of(x.shape().dim(0), groups, channels / groups * window.taps(), positions)));
  }
}
