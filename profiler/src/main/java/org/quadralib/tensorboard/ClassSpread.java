package org.quadralib.tensorboard;

import java.util.ArrayList;
import java.util.List;
import org.quadralib.data.Dataset;

/** A few examples that show many classes: folders of images are in the order of their classes. */
final class ClassSpread {
  private ClassSpread() {}

  /**
   * Indices of examples: the first of each class, then the second, and so on; with more classes
   * than examples, of classes at equal distances.
   *
   * @param most so many at most
   */
  static List<Integer> of(Dataset data, int most) {
    int all = data.classNames().size();
    int classes = Math.min(most, all);
    int each = Math.ceilDiv(most, classes);
    List<List<Integer>> firsts = new ArrayList<>();
    for (int label = 0; label < all; label++) {
      firsts.add(new ArrayList<>());
    }
    for (int i = 0; i < data.size(); i++) {
      List<Integer> own = firsts.get(data.label(i));
      if (own.size() < each) {
        own.add(i);
      }
    }
    List<Integer> spread = new ArrayList<>();
    for (int round = 0; round < each; round++) {
      for (int number = 0; number < classes; number++) {
        List<Integer> own = firsts.get(number * all / classes);
        if (own.size() > round) {
          spread.add(own.get(round));
        }
      }
    }
    return spread.subList(0, Math.min(most, spread.size()));
  }
}
