package org.quadralib.vector.elementwise;

import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.SQRT;
import static org.quadralib.vector.gemm.Memory.load;
import static org.quadralib.vector.gemm.Memory.store;

import jdk.incubator.vector.FloatVector;
import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.math.VectorMath;

/**
 * The functions of {@link org.quadralib.graph.op.UnaryFunction} over whole vectors. Each has a loop
 * of its own: were the function a parameter of one loop, the compiler would call it for every
 * vector, with its operand and result boxed. Choices are made by comparing and blending, so that
 * NaN goes the way it goes in the formulas of the scalar backend.
 */
final class UnaryLoops {
  private static final int LANES = Tile.LANES;

  private UnaryLoops() {}

  static void affine(long x, long y, int count, float a, float b) {
    FloatVector factor = FloatVector.broadcast(Tile.SPECIES, a);
    FloatVector offset = FloatVector.broadcast(Tile.SPECIES, b);
    for (int i = 0; i < count; i += LANES) {
      FloatVector v = load(x + 4L * i);
      store(v.fma(factor, offset), y + 4L * i);
    }
  }

  static void relu(long x, long y, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector v = load(x + 4L * i);
      store(v.blend(0f, v.compare(LE, 0f)), y + 4L * i);
    }
  }

  static void leakyRelu(long x, long y, int count, float slope) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector v = load(x + 4L * i);
      store(v.mul(slope).blend(v, v.compare(GT, 0f)), y + 4L * i);
    }
  }

  static void sigmoid(long x, long y, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector v = load(x + 4L * i);
      store(VectorMath.sigmoid(v), y + 4L * i);
    }
  }

  static void tanh(long x, long y, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector v = load(x + 4L * i);
      store(VectorMath.tanh(v), y + 4L * i);
    }
  }

  static void gelu(long x, long y, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector v = load(x + 4L * i);
      store(v.mul(VectorMath.normalDistribution(v)), y + 4L * i);
    }
  }

  static void silu(long x, long y, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector v = load(x + 4L * i);
      store(v.mul(VectorMath.sigmoid(v)), y + 4L * i);
    }
  }

  static void square(long x, long y, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector v = load(x + 4L * i);
      store(v.mul(v), y + 4L * i);
    }
  }

  static void sqrt(long x, long y, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector v = load(x + 4L * i);
      store(v.lanewise(SQRT), y + 4L * i);
    }
  }

  static void exp(long x, long y, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector v = load(x + 4L * i);
      store(VectorMath.exp(v), y + 4L * i);
    }
  }

  static void log(long x, long y, int count, float least) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector v = load(x + 4L * i);
      FloatVector log = VectorMath.log(v);
      store(log.blend(least, log.compare(LT, least)), y + 4L * i);
    }
  }

  static void abs(long x, long y, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector v = load(x + 4L * i);
      store(v.abs(), y + 4L * i);
    }
  }

  static void softplus(long x, long y, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector v = load(x + 4L * i);
      store(VectorMath.softplus(v), y + 4L * i);
    }
  }

  static void reciprocal(long x, long y, int count) {
    FloatVector one = FloatVector.broadcast(Tile.SPECIES, 1f);
    for (int i = 0; i < count; i += LANES) {
      FloatVector v = load(x + 4L * i);
      store(one.div(v), y + 4L * i);
    }
  }

  static void smoothL1(long x, long y, int count, float a) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector v = load(x + 4L * i);
      FloatVector abs = v.abs();
      store(abs.sub(a / 2).blend(v.mul(v).mul(1 / (2 * a)), abs.compare(LT, a)), y + 4L * i);
    }
  }

  static void min(long x, long y, int count, float most) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector v = load(x + 4L * i);
      store(v.blend(most, v.compare(GT, most)), y + 4L * i);
    }
  }
}
