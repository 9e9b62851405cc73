package org.quadralib.vector.norm;

import static org.quadralib.graph.op.QuadraticNormGradient.MAPS;
import static org.quadralib.graph.op.QuadraticNormGradient.TENSORS;
import static org.quadralib.vector.gemm.Memory.get;
import static org.quadralib.vector.gemm.Memory.load;
import static org.quadralib.vector.gemm.Memory.set;
import static org.quadralib.vector.gemm.Memory.store;

import java.util.List;
import jdk.incubator.vector.FloatVector;
import org.quadralib.backend.Memory;
import org.quadralib.graph.op.NormalizedForm;
import org.quadralib.graph.op.QuadraticNormGradient;
import org.quadralib.plan.Workspace;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;
import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.loop.Floats;
import org.quadralib.vector.parallel.WorkerPool;
import org.quadralib.vector.reduce.Layout;

/**
 * Derivative of three normalised branches {@code Â ∘ B̂ + Ĉ} in two passes over memory: the sums of
 * {@link QuadraticNormSums}, then with the maps centred,
 *
 * <pre>
 *   dA = g (B · product + q) + A · r + k,   likewise dB,   dC = g · scale + C · r + k
 * </pre>
 *
 * <p>where the numbers, per channel, follow from {@code dA = scale (g B̂ − offset − A · slope)}.
 */
public final class QuadraticNormGradientKernel extends TwoPassKernel {
  private static final int LANES = Tile.LANES;

  // Numbers of a channel: first mean, scale and shift of A and B, mean and scale of C, then these.
  private static final int PRODUCT = 8;
  private static final int OF_A = 9; // q, r, k
  private static final int OF_B = 12; // q, r, k
  private static final int OF_C = 15; // r, k
  private static final int NUMBERS = 17;

  private final long[] operands; // of the maps: mean, variance, γ, β
  private final long[] perChannel; // dγ, dβ of each map
  private final double epsilon;
  private final QuadraticNormSums sums;
  private final long step; // from number to number
  private final long g;
  private final long a;
  private final long b;
  private final long c;
  private final long da;
  private final long db;
  private final long dc;

  /** A kernel bound to its memory. */
  public QuadraticNormGradientKernel(QuadraticNormGradient op, Memory memory, WorkerPool pool) {
    super(Layout.channels(memory.in(0).shape()), memory, pool, PRODUCT, NUMBERS);
    epsilon = op.epsilon();
    step = 4L * ChannelPattern.stride(layout);
    sums = new QuadraticNormSums(memory, pattern, pattern.address(NUMBERS), pool);
    g = Floats.address(memory.in(0));
    a = Floats.address(memory.in(1));
    b = Floats.address(memory.in(2));
    c = Floats.address(memory.in(3));
    da = Floats.address(memory.out(0));
    db = Floats.address(memory.out(MAPS));
    dc = Floats.address(memory.out(2 * MAPS));
    List<Tensor> vectors = memory.inputs().subList(TENSORS, memory.inputs().size());
    operands = vectors.stream().mapToLong(Floats::address).toArray();
    perChannel = new long[2 * MAPS];
    for (int map = 0; map < MAPS; map++) {
      perChannel[2 * map] = Floats.address(memory.out(map * MAPS + 1));
      perChannel[2 * map + 1] = Floats.address(memory.out(map * MAPS + 2));
    }
  }

  /** Scratch memory for the numbers of each channel and the sums of each unit. */
  public static Workspace workspace(Shape x) {
    Layout layout = Layout.channels(x);
    long numbers = 4L * NUMBERS * ChannelPattern.stride(layout);
    return new Workspace(numbers + layout.workspace(QuadraticNormSums.COUNT).bytes(), List.of());
  }

  @Override
  QuadraticNormSums sums() {
    return sums;
  }

  @Override
  void begin(int channel) {
    for (int map = 0; map < MAPS; map++) {
      int number = map * FormNumbers.PER_MAP;
      pattern.set(number, channel, operand(map, 0, channel));
      pattern.set(number + 1, channel, (float) scale(map, channel, inverse(map, channel)));
      if (map < 2) {
        pattern.set(number + 2, channel, operand(map, 3, channel));
      }
    }
  }

  @Override
  void finish(int channel) {
    double inverseA = inverse(0, channel);
    double inverseB = inverse(1, channel);
    double inverseC = inverse(2, channel);
    double scaleA = scale(0, channel, inverseA);
    double scaleB = scale(1, channel, inverseB);
    double scaleC = scale(2, channel, inverseC);
    pattern.set(PRODUCT, channel, (float) (scaleA * scaleB));
    pattern.set(OF_A, channel, (float) (scaleA * operand(1, 3, channel)));
    pattern.set(OF_B, channel, (float) (scaleB * operand(0, 3, channel)));
    finish(0, channel, inverseA, scaleA, OF_A + 1);
    finish(1, channel, inverseB, scaleB, OF_B + 1);
    finish(2, channel, inverseC, scaleC, OF_C);
  }

  /** Sets r and k of a map, and its results per channel. */
  private void finish(int map, int channel, double inverse, double scale, int number) {
    double sum = sums.gradients(map, channel);
    double product = sums.products(map, channel) * inverse;
    set(perChannel[2 * map] + 4L * channel, (float) product);
    set(perChannel[2 * map + 1] + 4L * channel, (float) sum);
    double ofMean = -scale / ((double) layout.outer() * layout.inner());
    pattern.set(number, channel, (float) (ofMean * product * inverse));
    pattern.set(number + 1, channel, (float) (ofMean * sum));
  }

  private double inverse(int map, int channel) {
    return 1 / Math.sqrt(operand(map, 1, channel) + epsilon);
  }

  private double scale(int map, int channel, double inverse) {
    return operand(map, 2, channel) * inverse;
  }

  /** Mean, variance, γ or β of a map. */
  private float operand(int map, int operand, int channel) {
    return get(operands[map * NormalizedForm.NORM + operand] + 4L * channel);
  }

  // A and B, and then C: C2 does not inline all of a loop over the three, and what it does not
  // inline allocates vectors.

  @Override
  void plane(long from, int count, long number) {
    planeOfFactors(from, count, number);
    planeOfAddend(from, count, number);
  }

  @Override
  void columns(long from, int count, long number) {
    columnsOfFactors(from, count, number);
    columnsOfAddend(from, count, number);
  }

  private void planeOfFactors(long from, int count, long number) {
    // Fields would be read again after every store.
    long g = this.g + from;
    long a = this.a + from;
    long b = this.b + from;
    long da = this.da + from;
    long db = this.db + from;
    FloatVector meanA = number(number, 0);
    FloatVector meanB = number(number, 3);
    FloatVector product = number(number, PRODUCT);
    FloatVector factorA = number(number, OF_A);
    FloatVector slopeA = number(number, OF_A + 1);
    FloatVector offsetA = number(number, OF_A + 2);
    FloatVector factorB = number(number, OF_B);
    FloatVector slopeB = number(number, OF_B + 1);
    FloatVector offsetB = number(number, OF_B + 2);
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      FloatVector gradient = load(g + 4L * i);
      FloatVector x = load(a + 4L * i).sub(meanA);
      FloatVector y = load(b + 4L * i).sub(meanB);
      store(y.fma(product, factorA).fma(gradient, x.fma(slopeA, offsetA)), da + 4L * i);
      store(x.fma(product, factorB).fma(gradient, y.fma(slopeB, offsetB)), db + 4L * i);
    }
    for (; i < count; i++) {
      factors(from + 4L * i, number);
    }
  }

  private void planeOfAddend(long from, int count, long number) {
    long g = this.g + from;
    long c = this.c + from;
    long dc = this.dc + from;
    FloatVector mean = number(number, 6);
    FloatVector scale = number(number, 7);
    FloatVector slope = number(number, OF_C);
    FloatVector offset = number(number, OF_C + 1);
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      FloatVector z = load(c + 4L * i).sub(mean);
      store(z.fma(slope, load(g + 4L * i).fma(scale, offset)), dc + 4L * i);
    }
    for (; i < count; i++) {
      addend(from + 4L * i, number);
    }
  }

  private FloatVector number(long numbers, int number) {
    return FloatVector.broadcast(Tile.SPECIES, get(numbers + number * step));
  }

  private void columnsOfFactors(long from, int count, long numbers) {
    long g = this.g + from;
    long a = this.a + from;
    long b = this.b + from;
    long da = this.da + from;
    long db = this.db + from;
    long step = this.step;
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      long number = numbers + 4L * i;
      long ofA = number + OF_A * step;
      long ofB = number + OF_B * step;
      FloatVector gradient = load(g + 4L * i);
      FloatVector product = load(number + PRODUCT * step);
      FloatVector x = load(a + 4L * i).sub(load(number));
      FloatVector y = load(b + 4L * i).sub(load(number + 3 * step));
      FloatVector restA = x.fma(load(ofA + step), load(ofA + 2 * step));
      FloatVector restB = y.fma(load(ofB + step), load(ofB + 2 * step));
      store(y.fma(product, load(ofA)).fma(gradient, restA), da + 4L * i);
      store(x.fma(product, load(ofB)).fma(gradient, restB), db + 4L * i);
    }
    for (; i < count; i++) {
      factors(from + 4L * i, numbers + 4L * i);
    }
  }

  private void columnsOfAddend(long from, int count, long numbers) {
    long g = this.g + from;
    long c = this.c + from;
    long dc = this.dc + from;
    long step = this.step;
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      long number = numbers + 4L * i;
      long ofC = number + OF_C * step;
      FloatVector z = load(c + 4L * i).sub(load(number + 6 * step));
      FloatVector rest = z.fma(load(ofC), load(ofC + step));
      store(load(g + 4L * i).fma(load(number + 7 * step), rest), dc + 4L * i);
    }
    for (; i < count; i++) {
      addend(from + 4L * i, numbers + 4L * i);
    }
  }

  private void factors(long at, long number) {
    long ofA = number + OF_A * step;
    long ofB = number + OF_B * step;
    float gradient = get(g + at);
    float product = get(number + PRODUCT * step);
    float x = get(a + at) - get(number);
    float y = get(b + at) - get(number + 3 * step);
    float restA = Math.fma(x, get(ofA + step), get(ofA + 2 * step));
    float restB = Math.fma(y, get(ofB + step), get(ofB + 2 * step));
    set(da + at, Math.fma(Math.fma(y, product, get(ofA)), gradient, restA));
    set(db + at, Math.fma(Math.fma(x, product, get(ofB)), gradient, restB));
  }

  private void addend(long at, long number) {
    long ofC = number + OF_C * step;
    float z = get(c + at) - get(number + 6 * step);
    float rest = Math.fma(z, get(ofC), get(ofC + step));
    set(dc + at, Math.fma(get(g + at), get(number + 7 * step), rest));
  }
}
