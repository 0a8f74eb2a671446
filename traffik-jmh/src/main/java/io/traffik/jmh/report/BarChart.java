package io.traffik.jmh.report;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A chart with a bar per contender from zero, the shortest on top. */
final class BarChart {

  private static final int WIDTH = 860;
  private static final int LEFT = 220;
  private static final int RIGHT = 800;
  private static final int TOP = 50;
  private static final int ROW = 30;

  private final String title;
  private final String xLabel;
  private final List<Map.Entry<String, Double>> amounts;

  BarChart(String title, String xLabel, Map<String, Double> amounts) {
    this.title = title;
    this.xLabel = xLabel;
    this.amounts =
        amounts.entrySet().stream()
            .sorted(Comparator.comparingDouble(entry -> entry.getValue()))
            .toList();
  }

  String svg() {
    int bottom = TOP + ROW * amounts.size();
    SvgDocument svg = new SvgDocument(WIDTH, bottom + 60, title);
    double most = amounts.isEmpty() ? 1 : amounts.get(amounts.size() - 1).getValue();
    double step = step(most);
    for (double at = 0; at <= most; at += step) {
      double x = LEFT + (RIGHT - LEFT) * at / most;
      svg.line(x, TOP, x, bottom, "#dddddd");
      svg.text(x, bottom + 18, "middle", String.format(Locale.ROOT, "%.0f", at));
    }
    for (int i = 0; i < amounts.size(); i++) {
      String contender = amounts.get(i).getKey();
      double amount = amounts.get(i).getValue();
      double width = (RIGHT - LEFT) * amount / most;
      double y = TOP + ROW * i;
      svg.bar(LEFT, y + 5, width, ROW - 10, ChartPalette.colour(contender));
      svg.text(LEFT - 10, y + ROW / 2.0 + 4, "end", contender);
      svg.text(LEFT + width + 6, y + ROW / 2.0 + 4, "start", BenchmarkMeasurement.number(amount));
    }
    svg.text((LEFT + RIGHT) / 2.0, bottom + 42, "middle", xLabel);
    return svg.toString();
  }

  /** Returns a round step that yields between five and ten grid lines. */
  private static double step(double most) {
    double power = Math.pow(10, Math.floor(Math.log10(Math.max(1, most))));
    double lines = most / power;
    return lines >= 5 ? power : lines >= 2 ? power / 2 : power / 5;
  }
}
