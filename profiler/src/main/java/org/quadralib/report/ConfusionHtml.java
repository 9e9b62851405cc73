package org.quadralib.report;

import static org.quadralib.html.HtmlPage.escape;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.quadralib.html.HtmlTable;
import org.quadralib.metrics.ConfusionMatrix;

/** A confusion matrix as part of a page. */
final class ConfusionHtml {
  /** A larger matrix cannot be read. */
  private static final int MOST_CLASSES = 20;

  private static final int MOST_PAIRS = 12;

  /** So many letters are not wider than a cell. */
  private static final int LEVEL = 3;

  private ConfusionHtml() {}

  /** The matrix, if it is not too large, and the pairs that are confused most often. */
  static String of(ConfusionMatrix matrix, List<String> names) {
    String html = pairs(matrix, names);
    return names.size() > MOST_CLASSES ? html : matrix(matrix, names) + html;
  }

  private static String matrix(ConfusionMatrix matrix, List<String> names) {
    // Long names stand upright, so that a matrix of some classes is not wider than a phone.
    boolean upright = names.stream().anyMatch(name -> name.length() > LEVEL);
    StringBuilder html =
        new StringBuilder("<div class=\"wide\"><table class=\"matrix")
            .append(upright ? " upright" : "")
            .append("\">\n<thead><tr><th></th>");
    names.forEach(name -> html.append("<th><span>").append(escape(name)).append("</span></th>"));
    html.append("<th><span>found</span></th></tr></thead>\n<tbody>\n");
    for (int actual = 0; actual < names.size(); actual++) {
      html.append("<tr><th class=\"text\">").append(escape(names.get(actual))).append("</th>");
      for (int predicted = 0; predicted < names.size(); predicted++) {
        long count = matrix.count(actual, predicted);
        double share = matrix.support(actual) == 0 ? 0 : (double) count / matrix.support(actual);
        // Blue where it is right, orange where not; what is rare must be seen too.
        String colour = actual == predicted ? "0,114,178" : "213,94,0";
        double strength =
            count == 0 ? 0 : actual == predicted ? 0.1 + 0.5 * share : 0.15 + 0.6 * share;
        html.append(
            String.format(
                Locale.ROOT,
                "<td style=\"background:rgba(%s,%.2f)\">%s</td>",
                colour,
                strength,
                count == 0 ? "" : count));
      }
      html.append("<td>")
          .append(TrainingStory.percent(matrix.recall(actual)))
          .append("</td></tr>\n");
    }
    return html.append("</tbody></table></div>\n").toString();
  }

  private record Pair(int actual, int predicted, long count) {}

  private static String pairs(ConfusionMatrix matrix, List<String> names) {
    List<Pair> pairs = new ArrayList<>();
    for (int actual = 0; actual < names.size(); actual++) {
      for (int predicted = 0; predicted < names.size(); predicted++) {
        if (actual != predicted && matrix.count(actual, predicted) > 0) {
          pairs.add(new Pair(actual, predicted, matrix.count(actual, predicted)));
        }
      }
    }
    if (pairs.isEmpty()) {
      return "<p>No image was taken for another class.</p>\n";
    }
    pairs.sort(Comparator.comparingLong(Pair::count).reversed());
    HtmlTable table =
        new HtmlTable()
            .dense()
            .text("true class")
            .text("taken for")
            .number("images")
            .number("of its class");
    for (Pair pair : pairs.subList(0, Math.min(MOST_PAIRS, pairs.size()))) {
      table.row(
          names.get(pair.actual()),
          names.get(pair.predicted()),
          pair.count(),
          TrainingStory.percent((double) pair.count() / matrix.support(pair.actual())));
    }
    return "<h3>Most frequent confusions</h3>\n" + table.html() + "\n";
  }
}
