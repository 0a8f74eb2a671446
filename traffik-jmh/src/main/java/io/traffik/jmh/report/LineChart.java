package io.traffik.jmh.report;

import io.traffik.jmh.contender.Contenders;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * A chart of nanoseconds on a logarithmic scale, with a line per contender over equidistant x
 * values.
 */
final class LineChart {

  private static final int WIDTH = 860;
  private static final int HEIGHT = 480;
  private static final int LEFT = 70;
  private static final int RIGHT = 610;
  private static final int TOP = 46;
  private static final int BOTTOM = 425;
  private static final int[] TICKS = {1, 2, 5};

  private final String title;
  private final String xLabel;
  private final List<String> xValues;
  private final List<Series> all = new ArrayList<>();

  LineChart(String title, String xLabel, List<String> xValues) {
    this.title = title;
    this.xLabel = xLabel;
    this.xValues = xValues;
  }

  private record Series(String contender, List<OptionalDouble> nanos) {

    double last() {
      return nanos.get(nanos.size() - 1).orElse(0);
    }
  }

  /** Adds a contender with a value for each x value, unless no value was measured. */
  void add(String contender, List<OptionalDouble> nanos) {
    if (nanos.stream().anyMatch(OptionalDouble::isPresent)) {
      all.add(new Series(contender, nanos));
    }
  }

  String svg() {
    SvgDocument svg = new SvgDocument(WIDTH, HEIGHT, title);
    double low = Math.log10(extreme(true));
    double high = Math.log10(extreme(false));
    drawAxes(svg, low, high);
    List<Series> ordered =
        all.stream().sorted(Comparator.comparingDouble(Series::last).reversed()).toList();
    for (int i = 0; i < ordered.size(); i++) {
      draw(svg, ordered.get(i), low, high);
      drawLegend(svg, ordered.get(i).contender(), TOP + 12 + 24 * i);
    }
    return svg.toString();
  }

  /** Returns the tick at or below the lowest value, or at or above the highest one. */
  private double extreme(boolean lowest) {
    double[] values =
        all.stream()
            .flatMap(series -> series.nanos().stream())
            .flatMapToDouble(OptionalDouble::stream)
            .sorted()
            .toArray();
    if (values.length == 0) {
      return lowest ? 10 : 1_000;
    }
    double value = lowest ? values[0] : values[values.length - 1];
    double best = lowest ? 1 : 1e9;
    for (double power = 1; power < 1e9; power *= 10) {
      for (int tick : TICKS) {
        double at = tick * power;
        if (lowest ? at <= value && at > best : at >= value && at < best) {
          best = at;
        }
      }
    }
    return best;
  }

  private void drawAxes(SvgDocument svg, double low, double high) {
    for (double power = 1; power < 1e9; power *= 10) {
      for (int tick : TICKS) {
        double at = Math.log10(tick * power);
        if (at >= low - 1e-9 && at <= high + 1e-9) {
          double y = y(at, low, high);
          svg.line(LEFT, y, RIGHT, y, "#dddddd");
          svg.text(LEFT - 8, y + 4, "end", String.format(Locale.ROOT, "%.0f", tick * power));
        }
      }
    }
    for (int i = 0; i < xValues.size(); i++) {
      svg.line(x(i), BOTTOM, x(i), BOTTOM + 5, "#222222");
      svg.text(x(i), BOTTOM + 20, "middle", xValues.get(i));
    }
    svg.line(LEFT, BOTTOM, RIGHT, BOTTOM, "#222222");
    svg.line(LEFT, TOP, LEFT, BOTTOM, "#222222");
    svg.text((LEFT + RIGHT) / 2.0, HEIGHT - 14, "middle", xLabel);
    svg.verticalText(18, (TOP + BOTTOM) / 2.0, "ns per decision and thread (logarithmic)");
  }

  private void draw(SvgDocument svg, Series series, double low, double high) {
    String colour = ChartPalette.colour(series.contender());
    StringBuilder points = new StringBuilder();
    for (int i = 0; i < xValues.size(); i++) {
      OptionalDouble nanos = series.nanos().get(i);
      if (nanos.isPresent()) {
        double y = y(Math.log10(nanos.getAsDouble()), low, high);
        points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(i), y));
        svg.dot(x(i), y, colour);
      }
    }
    stroke(svg, series.contender(), points.toString().trim());
  }

  private static void drawLegend(SvgDocument svg, String contender, int y) {
    stroke(svg, contender, (RIGHT + 22) + "," + y + " " + (RIGHT + 52) + "," + y);
    svg.text(RIGHT + 60, y + 4, "start", contender);
  }

  private static void stroke(SvgDocument svg, String contender, String points) {
    double width = contender.equals(Contenders.TRAFFIK) ? 3.5 : 1.8;
    svg.path(points, ChartPalette.colour(contender), width, ChartPalette.isBaseline(contender));
  }

  private double x(int index) {
    double margin = 40;
    double width = RIGHT - LEFT - 2 * margin;
    return LEFT + margin + (xValues.size() == 1 ? width / 2 : width * index / (xValues.size() - 1));
  }

  private static double y(double logarithm, double low, double high) {
    return BOTTOM - (BOTTOM - TOP) * (logarithm - low) / Math.max(1e-9, high - low);
  }
}
