package org.quadralib.backend.scalar;

import org.quadralib.backend.Kernel;
import org.quadralib.backend.Memory;
import org.quadralib.graph.op.BatchNormGradient;
import org.quadralib.graph.op.BatchNormalize;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;

/** Batch normalisation, channel by channel. */
final class ScalarBatchNorm {
  private ScalarBatchNorm() {}

  /** Walks the elements of one channel of {@code [n, c, …]}. */
  private record Channel(int batch, int channels, int inner) {
    Channel(Shape x) {
      this(x.dim(0), x.dim(1), x.span(2, x.rank()));
    }

    long index(int n, int c, int i) {
      return ((long) n * channels + c) * inner + i;
    }

    long count() {
      return (long) batch * inner;
    }
  }

  static Kernel statistics(Memory m) {
    Channel at = new Channel(m.in(0).shape());
    return () -> {
      Tensor x = m.in(0);
      for (int c = 0; c < at.channels; c++) {
        double sum = 0;
        for (int n = 0; n < at.batch; n++) {
          for (int i = 0; i < at.inner; i++) {
            sum += x.get(at.index(n, c, i));
          }
        }
        double mean = sum / at.count();
        double squares = 0;
        for (int n = 0; n < at.batch; n++) {
          for (int i = 0; i < at.inner; i++) {
            double centred = x.get(at.index(n, c, i)) - mean;
            squares += centred * centred;
          }
        }
        m.out(0).set(c, mean);
        m.out(1).set(c, squares / at.count());
      }
    };
  }

  static Kernel normalize(BatchNormalize op, Memory m) {
    Channel at = new Channel(m.in(0).shape());
    return () -> {
      for (int c = 0; c < at.channels; c++) {
        double mean = m.in(1).get(c);
        double scale = m.in(3).get(c) / Math.sqrt(m.in(2).get(c) + op.epsilon());
        double shift = m.in(4).get(c);
        for (int n = 0; n < at.batch; n++) {
          for (int i = 0; i < at.inner; i++) {
            long index = at.index(n, c, i);
            m.out().set(index, (m.in(0).get(index) - mean) * scale + shift);
          }
        }
      }
    };
  }

  static Kernel gradient(BatchNormGradient op, Memory m) {
    Channel at = new Channel(m.in(1).shape());
    return () -> {
      Tensor g = m.in(0);
      Tensor x = m.in(1);
      for (int c = 0; c < at.channels; c++) {
        double mean = m.in(2).get(c);
        double inverse = 1 / Math.sqrt(m.in(3).get(c) + op.epsilon());
        double gamma = m.in(4).get(c);
        double sumG = 0;
        double sumGx = 0;
        for (int n = 0; n < at.batch; n++) {
          for (int i = 0; i < at.inner; i++) {
            long index = at.index(n, c, i);
            sumG += g.get(index);
            sumGx += g.get(index) * (x.get(index) - mean) * inverse;
          }
        }
        for (int n = 0; n < at.batch; n++) {
          for (int i = 0; i < at.inner; i++) {
            long index = at.index(n, c, i);
            double normalized = (x.get(index) - mean) * inverse;
            double centred = g.get(index) - (sumG + normalized * sumGx) / at.count();
            m.out(0).set(index, gamma * inverse * centred);
          }
        }
        m.out(1).set(c, sumGx);
        m.out(2).set(c, sumG);
      }
    };
  }
}
