package io.traffik.jmh.report;

import java.util.Locale;

/** An SVG drawing, built element by element. */
final class SvgDocument {

  private static final String FONT = "font-family=\"system-ui, sans-serif\"";

  private final StringBuilder text = new StringBuilder();

  SvgDocument(int width, int height, String title) {
    add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
            + " role=\"img\" %s>",
        width, height, width, height, FONT);
    add("<title>%s</title>", escaped(title));
    add("<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>", width, height);
    add(
        "<text x=\"%d\" y=\"26\" font-size=\"16\" font-weight=\"600\" text-anchor=\"middle\">%s</text>",
        width / 2, escaped(title));
  }

  private void add(String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append('\n');
  }

  void line(double x1, double y1, double x2, double y2, String colour) {
    add(
        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>",
        x1, y1, x2, y2, colour);
  }

  /** Draws a line through points. */
  void path(String points, String colour, double width, boolean dashed) {
    add(
        "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"%.1f\"%s/>",
        points, colour, width, dashed ? " stroke-dasharray=\"6 4\"" : "");
  }

  void dot(double x, double y, String colour) {
    add("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>", x, y, colour);
  }

  void bar(double x, double y, double width, double height, String colour) {
    add(
        "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>",
        x, y, width, height, colour);
  }

  /** Draws text at a point; the anchor is start, middle or end. */
  void text(double x, double y, String anchor, String content) {
    add(
        "<text x=\"%.1f\" y=\"%.1f\" font-size=\"12\" text-anchor=\"%s\" fill=\"#222222\">%s</text>",
        x, y, anchor, escaped(content));
  }

  /** Draws text that reads upwards. */
  void verticalText(double x, double y, String content) {
    add(
        "<text transform=\"translate(%.1f %.1f) rotate(-90)\" font-size=\"12\""
            + " text-anchor=\"middle\" fill=\"#222222\">%s</text>",
        x, y, escaped(content));
  }

  private static String escaped(String content) {
    return content.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  @Override
  public String toString() {
    return text + "</svg>\n";
  }
}
