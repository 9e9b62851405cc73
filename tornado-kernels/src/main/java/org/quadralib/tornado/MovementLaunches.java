package org.quadralib.tornado;

import java.util.ArrayList;
import java.util.List;
import org.quadralib.graph.op.Concat;
import org.quadralib.graph.op.Pad;
import org.quadralib.graph.op.Slice;
import org.quadralib.graph.op.Transpose;

/** The launches that move elements, or sum them along axes. */
final class MovementLaunches {
  private final Operands at;

  MovementLaunches(Operands at) {
    this.at = at;
  }

  Launch broadcast() {
    return copy(
        at.x(0),
        at.y(0),
        Strided.of(
            at.y().shape().dims(),
            Strided.broadcast(at.shape(0), at.y().shape()),
            Strided.dense(at.y().shape())));
  }

  Launch transpose(Transpose op) {
    int[] from = Strided.dense(at.shape(0));
    int[] permuted = op.axes().stream().mapToInt(axis -> from[axis]).toArray();
    return copy(
        at.x(0),
        at.y(0),
        Strided.of(at.y().shape().dims(), permuted, Strided.dense(at.y().shape())));
  }

  List<Launch> concat(Concat op) {
    List<Launch> launches = new ArrayList<>();
    int[] to = Strided.dense(at.y().shape());
    int position = 0;
    for (int i = 0; i < at.node().inputs().size(); i++) {
      launches.add(
          copy(
              at.x(i),
              at.y(0) + position * to[op.axis()],
              Strided.of(at.shape(i).dims(), Strided.dense(at.shape(i)), to)));
      position += at.shape(i).dim(op.axis());
    }
    return launches;
  }

  Launch slice(Slice op) {
    int[] from = Strided.dense(at.shape(0));
    return copy(
        at.x(0) + op.from() * from[op.axis()],
        at.y(0),
        Strided.of(at.y().shape().dims(), from, Strided.dense(at.y().shape())));
  }

  List<Launch> pad(Pad op) {
    int[] to = Strided.dense(at.y().shape());
    return List.of(
        Launch.of(Family.FILL, Operands.elements(at.y()), at.y(0)).with(0),
        copy(
            at.x(0),
            at.y(0) + op.before() * to[op.axis()],
            Strided.of(at.shape(0).dims(), Strided.dense(at.shape(0)), to)));
  }

  private static Launch copy(int from, int to, Strided index) {
    return Launch.of(Family.COPY, index.elements(), from, to).and(index.arguments());
  }

  Launch sum() {
    int[] strides = Strided.dense(at.shape(0));
    List<Integer> kept = new ArrayList<>();
    List<Integer> summed = new ArrayList<>();
    for (int axis = 0; axis < strides.length; axis++) {
      (at.shape(0).dim(axis) != at.y().shape().dim(axis) ? summed : kept).add(axis);
    }
    Strided keptIndex = part(kept, strides);
    Strided summedIndex = part(summed, strides);
    return Launch.of(
            Family.SUM,
            Operands.elements(at.y()),
            at.x(0),
            at.y(0),
            summedIndex.elements(),
            keptIndex.rank(),
            summedIndex.rank())
        .and(keptIndex.extents())
        .and(keptIndex.strides(0))
        .and(summedIndex.extents())
        .and(summedIndex.strides(0));
  }

  private Strided part(List<Integer> axes, int[] strides) {
    return Strided.of(
        axes.stream().mapToInt(at.shape(0)::dim).toArray(),
        axes.stream().mapToInt(axis -> strides[axis]).toArray());
  }
}
