package org.quadralib.vector.norm;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.OptionalDouble;
import org.quadralib.graph.op.NormalizedForm;
import org.quadralib.tensor.Tensor;

/**
 * The numbers per channel that a {@link NormalizedForm} comes down to: {@code P = (A − mean) ·
 * scale + shift} and likewise {@code Q} and {@code R} of the other maps; {@code y = P}, {@code P ∘
 * Q} plus a number, or {@code P ∘ Q + R}. Biases are part of the means, and the normalisation of
 * the result is part of P and R.
 */
public final class FormNumbers {
  /** Numbers of a map: mean, scale, shift. */
  public static final int PER_MAP = 3;

  /** Numbers per channel, for any number of maps. */
  public static final int COUNT = 3 * PER_MAP;

  /** Receives the numbers. */
  @FunctionalInterface
  public interface Sink {
    /** Number {@code number} of a channel: {@code PER_MAP · map}, plus 0, 1 or 2. */
    void set(int number, int channel, float value);
  }

  private final NormalizedForm form;
  private final List<Tensor> biases;
  private final List<Tensor> operands;

  /** Copies, in which the loop reads: a tensor read in so many places takes long to compile. */
  private final float[][] bias;

  private final float[][] operand;

  /**
   * Numbers from these operands, as they are whenever {@link #compute} is called.
   *
   * @param biases one for each map, or none
   * @param operands of the form, beside the maps
   */
  public FormNumbers(NormalizedForm form, List<Tensor> biases, List<Tensor> operands) {
    this.form = form;
    this.biases = biases;
    this.operands = operands;
    this.bias = room(biases);
    // All but the addend have a number per channel.
    this.operand = room(operands.subList(0, form.operandCount() - (form.addend() ? 1 : 0)));
  }

  private static float[][] room(List<Tensor> tensors) {
    return tensors.stream().map(t -> new float[(int) t.elements()]).toArray(float[][]::new);
  }

  private static void copy(List<Tensor> from, float[][] to) {
    for (int i = 0; i < to.length; i++) {
      MemorySegment.copy(from.get(i).segment(), ValueLayout.JAVA_FLOAT, 0, to[i], 0, to[i].length);
    }
  }

  /** Computes the numbers of all channels. */
  public void compute(int channels, Sink sink) {
    copy(biases, bias);
    copy(operands, operand);
    for (int c = 0; c < channels; c++) {
      double factor = 1;
      double offset = 0;
      if (form.norm().isPresent()) {
        factor = scale(form.norm(), form.normAt(), c);
        offset = at(form.normAt() + 3, c) - at(form.normAt(), c) * factor;
      }
      // The map that is added takes the offset; if there is none, it is a constant.
      int added = form.maps() == 1 ? 0 : 2;
      for (int map = 0; map < form.maps(); map++) {
        boolean normalized = form.mapNorm().isPresent();
        int from = map * NormalizedForm.NORM;
        double mean = normalized ? at(from, c) : 0;
        double scale = normalized ? scale(form.mapNorm(), from, c) : 1;
        double shift = normalized ? at(from + 3, c) : 0;
        mean -= bias.length == 0 ? 0 : bias[map][c];
        if (map != 1) {
          scale *= factor;
          shift *= factor;
        }
        sink.set(PER_MAP * map, c, (float) mean);
        sink.set(PER_MAP * map + 1, c, (float) scale);
        sink.set(PER_MAP * map + 2, c, (float) (shift + (map == added ? offset : 0)));
      }
      if (form.maps() == 2) {
        sink.set(PER_MAP * added + 2, c, (float) offset);
      }
    }
  }

  /** {@code γ/√(variance + ε)}. */
  private double scale(OptionalDouble epsilon, int from, int channel) {
    return at(from + 2, channel) / Math.sqrt(at(from + 1, channel) + epsilon.orElseThrow());
  }

  private double at(int operand, int channel) {
    return this.operand[operand][channel];
  }
}
