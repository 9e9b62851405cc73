package org.quadralib.vector.elementwise;

import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;
import static org.quadralib.vector.gemm.Memory.load;
import static org.quadralib.vector.gemm.Memory.store;

import jdk.incubator.vector.FloatVector;
import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.math.VectorMath;

/**
 * The derivatives of the functions of {@link UnaryLoops}, times the gradient {@code g}, over whole
 * vectors. Where the derivative is zero the gradient is still multiplied by it, so that a NaN among
 * the gradients is not lost.
 */
final class UnaryGradientLoops {
  private static final int LANES = Tile.LANES;

  private UnaryGradientLoops() {}

  static void relu(long gs, long vs, long dx, int count) {
    FloatVector zero = FloatVector.zero(Tile.SPECIES);
    for (int i = 0; i < count; i += LANES) {
      FloatVector g = load(gs + 4L * i);
      FloatVector v = load(vs + 4L * i);
      store(g.mul(zero.blend(1f, v.compare(GT, 0f))), dx + 4L * i);
    }
  }

  static void leakyRelu(long gs, long vs, long dx, int count, float slope) {
    FloatVector slopes = FloatVector.broadcast(Tile.SPECIES, slope);
    for (int i = 0; i < count; i += LANES) {
      FloatVector g = load(gs + 4L * i);
      FloatVector v = load(vs + 4L * i);
      store(g.mul(slopes.blend(1f, v.compare(GT, 0f))), dx + 4L * i);
    }
  }

  static void sigmoid(long gs, long vs, long dx, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector g = load(gs + 4L * i);
      FloatVector v = load(vs + 4L * i);
      store(g.mul(v.mul(v.neg().add(1f))), dx + 4L * i);
    }
  }

  static void tanh(long gs, long vs, long dx, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector g = load(gs + 4L * i);
      FloatVector v = load(vs + 4L * i);
      store(g.sub(g.mul(v).mul(v)), dx + 4L * i);
    }
  }

  static void gelu(long gs, long vs, long dx, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector g = load(gs + 4L * i);
      FloatVector v = load(vs + 4L * i);
      store(g.mul(VectorMath.geluDerivative(v)), dx + 4L * i);
    }
  }

  static void silu(long gs, long vs, long dx, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector g = load(gs + 4L * i);
      FloatVector v = load(vs + 4L * i);
      FloatVector s = VectorMath.sigmoid(v);
      store(g.mul(s.add(s.mul(v).mul(s.neg().add(1f)))), dx + 4L * i);
    }
  }

  static void square(long gs, long vs, long dx, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector g = load(gs + 4L * i);
      FloatVector v = load(vs + 4L * i);
      store(g.mul(v.add(v)), dx + 4L * i);
    }
  }

  static void sqrt(long gs, long vs, long dx, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector g = load(gs + 4L * i);
      FloatVector v = load(vs + 4L * i);
      store(g.div(v.add(v)), dx + 4L * i);
    }
  }

  static void exp(long gs, long vs, long dx, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector g = load(gs + 4L * i);
      FloatVector v = load(vs + 4L * i);
      store(g.mul(v), dx + 4L * i);
    }
  }

  static void log(long gs, long vs, long dx, int count, float least) {
    FloatVector zero = FloatVector.zero(Tile.SPECIES);
    FloatVector one = FloatVector.broadcast(Tile.SPECIES, 1f);
    for (int i = 0; i < count; i += LANES) {
      FloatVector g = load(gs + 4L * i);
      FloatVector v = load(vs + 4L * i);
      store(g.mul(zero.blend(one.div(v), VectorMath.log(v).compare(GT, least))), dx + 4L * i);
    }
  }

  static void abs(long gs, long vs, long dx, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector g = load(gs + 4L * i);
      FloatVector v = load(vs + 4L * i);
      store(g.mul(sign(v)), dx + 4L * i);
    }
  }

  static void softplus(long gs, long vs, long dx, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector g = load(gs + 4L * i);
      FloatVector v = load(vs + 4L * i);
      store(g.mul(VectorMath.sigmoid(v)), dx + 4L * i);
    }
  }

  static void reciprocal(long gs, long vs, long dx, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector g = load(gs + 4L * i);
      FloatVector v = load(vs + 4L * i);
      store(g.mul(v.mul(v).neg()), dx + 4L * i);
    }
  }

  static void smoothL1(long gs, long vs, long dx, int count, float a) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector g = load(gs + 4L * i);
      FloatVector v = load(vs + 4L * i);
      store(g.mul(sign(v).blend(v.mul(1 / a), v.abs().compare(LT, a))), dx + 4L * i);
    }
  }

  static void min(long gs, long vs, long dx, int count, float most) {
    FloatVector zero = FloatVector.zero(Tile.SPECIES);
    for (int i = 0; i < count; i += LANES) {
      FloatVector g = load(gs + 4L * i);
      FloatVector v = load(vs + 4L * i);
      store(g.mul(zero.blend(1f, v.compare(LT, most))), dx + 4L * i);
    }
  }

  /** −1, 0 or 1; NaN for NaN. */
  private static FloatVector sign(FloatVector v) {
    return v.blend(1f, v.compare(GT, 0f)).blend(-1f, v.compare(LT, 0f));
  }
}
