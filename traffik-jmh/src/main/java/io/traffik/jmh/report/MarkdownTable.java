package io.traffik.jmh.report;

import java.util.Collections;
import java.util.List;

/** A Markdown table with the first column left-aligned and all others right-aligned. */
final class MarkdownTable {

  private final StringBuilder text = new StringBuilder();

  MarkdownTable(List<String> head) {
    row(head);
    text.append("|---|").append(String.join("", Collections.nCopies(head.size() - 1, "---:|")));
    text.append('\n');
  }

  void row(List<String> cells) {
    text.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
