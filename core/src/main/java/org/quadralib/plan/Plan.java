package org.quadralib.plan;

import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.quadralib.graph.Graph;
import org.quadralib.graph.Node;
import org.quadralib.graph.Phase;
import org.quadralib.graph.Value;
import org.quadralib.memory.Category;

/**
 * Where every byte of a computation lives and for how long. Node {@code i} of the graph is at
 * position {@code i + 1}; position 0 is before the first.
 *
 * @param graph what runs, composites written out as the backend needs
 * @param placements of all values
 * @param buffers of the slab, scratch memory included
 * @param workspaces scratch buffer of each node, by position − 1; empty where it needs none
 * @param panels lengths of the heap panels shared by all kernels
 * @param slabBytes size of the slab
 */
public record Plan(
    Graph graph,
    Map<Value, Placement> placements,
    List<Buffer> buffers,
    List<Optional<Buffer>> workspaces,
    List<Integer> panels,
    long slabBytes) {

  /** Bytes of parameters, running statistics and optimizer state, which outlive the plan. */
  public long stateBytes(Category category) {
    return graph.states().stream()
        .filter(state -> state.category() == category)
        .mapToLong(state -> state.type().bytes())
        .sum();
  }

  /** Bytes of heap panels. */
  public long panelBytes() {
    return panels.stream().mapToLong(length -> (long) length * Float.BYTES).sum();
  }

  /** Everything a run holds at once: state, slab and panels. */
  public long peakBytes() {
    long states = graph.states().stream().mapToLong(state -> state.type().bytes()).sum();
    return states + slabBytes + panelBytes();
  }

  /** Bytes of the slab in use at a position. */
  public long liveBytes(int position) {
    return buffers.stream()
        .filter(buffer -> buffer.isLiveAt(position))
        .mapToLong(Buffer::bytes)
        .sum();
  }

  /** Position at which most of the slab is in use. */
  public int peakPosition() {
    int peak = 0;
    long most = -1;
    for (int position = 0; position <= graph.nodes().size(); position++) {
      long live = liveBytes(position);
      if (live > most) {
        most = live;
        peak = position;
      }
    }
    return peak;
  }

  /**
   * The slab by category: what is in use at its peak; alignment gaps and fragmentation count as
   * {@link Category#WORKSPACE}.
   */
  public Map<Category, Long> slabByCategory() {
    Map<Category, Long> bytes = new EnumMap<>(Category.class);
    int peak = peakPosition();
    long live = 0;
    for (Buffer buffer : buffers) {
      if (buffer.isLiveAt(peak)) {
        bytes.merge(buffer.category(), buffer.bytes(), Long::sum);
        live += buffer.bytes();
      }
    }
    bytes.merge(Category.WORKSPACE, slabBytes - live, Long::sum);
    return bytes;
  }

  /** Bytes kept from the forward for the backward pass; see {@link #saved}. */
  public long savedBytes() {
    return saved().stream().mapToLong(Buffer::bytes).sum();
  }

  /**
   * What is kept from the forward for the backward pass: everything in the slab that exists when
   * the forward pass ends and that the backward pass reads.
   */
  public Set<Buffer> saved() {
    int end = forwardEnd();
    Set<Buffer> read = new LinkedHashSet<>();
    for (Node node : graph.nodes().subList(end, graph.nodes().size())) {
      for (Value input : node.inputs()) {
        if (placements.get(input) instanceof Placement.InSlab(Buffer buffer)
            && buffer.birth() <= end) {
          read.add(buffer);
        }
      }
    }
    return read;
  }

  /** Position of the last node of the forward pass. */
  public int forwardEnd() {
    int end = 0;
    for (int i = 0; i < graph.nodes().size(); i++) {
      if (graph.nodes().get(i).phase() == Phase.FORWARD) {
        end = i + 1;
      }
    }
    return end;
  }
}
