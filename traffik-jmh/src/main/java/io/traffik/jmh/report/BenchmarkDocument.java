package io.traffik.jmh.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text of {@code docs/benchmarks.md}: a template with the figures of each JDK in five places.
 * The figures of a JDK replace its previous ones; those of other JDKs stay.
 *
 * <p>The document is its own storage: {@link #of} reads the figures back from the text. Rows of the
 * three tables at the top start with the JDK, and the sections below are between comments.
 */
final class BenchmarkDocument {

  private static final String TEMPLATE = "/benchmarks-template.md";

  private static final Pattern SECTION =
      Pattern.compile("<!-- JDK (\\d+)( targets)? -->\n(.*?)<!-- end -->\n", Pattern.DOTALL);

  private static final Pattern ROW = Pattern.compile("(?m)^\\| JDK (\\d+) \\| .* \\|$");

  private final Map<Integer, List<String>> overview = new TreeMap<>();
  private final Map<Integer, List<String>> allocation = new TreeMap<>();
  private final Map<Integer, List<String>> http = new TreeMap<>();
  private final Map<Integer, String> tables = new TreeMap<>();
  private final Map<Integer, String> targets = new TreeMap<>();

  /** Reads a document; an empty text has no figures. */
  static BenchmarkDocument of(String text) {
    BenchmarkDocument document = new BenchmarkDocument();
    Matcher section = SECTION.matcher(text);
    while (section.find()) {
      Map<Integer, String> sections = section.group(2) == null ? document.tables : document.targets;
      sections.put(Integer.valueOf(section.group(1)), section.group(3));
    }
    Matcher row = ROW.matcher(text);
    while (row.find()) {
      int jdk = Integer.parseInt(row.group(1));
      document.tableWithout(jdk).put(jdk, cells(row.group()));
    }
    return document;
  }

  /** Returns the first table that has no row of a JDK yet, in the order of the document. */
  private Map<Integer, List<String>> tableWithout(int jdk) {
    if (!overview.containsKey(jdk)) {
      return overview;
    }
    return allocation.containsKey(jdk) ? http : allocation;
  }

  private static List<String> cells(String row) {
    return List.of(row.substring(2, row.length() - 2).split(" \\| ", -1));
  }

  /** Replaces all figures of a JDK. */
  void put(BenchmarkResults results, RunMetadata run, String machine) {
    JdkRows rows = new JdkRows(results, run);
    overview.put(results.jdk(), rows.overview());
    allocation.put(results.jdk(), rows.allocation());
    http.put(results.jdk(), rows.http());
    tables.put(results.jdk(), JdkSection.of(results, run, machine));
    targets.put(results.jdk(), targets(results));
  }

  private static String targets(BenchmarkResults results) {
    MarkdownTable table = new MarkdownTable(List.of("target", "measured", "verdict"));
    for (PerformanceTarget target : PerformanceTargets.of(results)) {
      table.row(List.of(target.requirement(), target.measured(), target.verdict().text()));
    }
    return "### Targets on JDK " + results.jdk() + "\n\n" + table;
  }

  @Override
  public String toString() {
    return template()
            .replace("{overview}", table(JdkRows.OVERVIEW, overview))
            .replace("{allocation}", table(JdkRows.ALLOCATION, allocation))
            .replace("{http}", table(JdkRows.HTTP, http))
            .replace("{chart}", chart())
            .replace("{tables}", sections("", tables))
            .replace("{targets}", sections(" targets", targets))
            .stripTrailing()
        + "\n";
  }

  private static String table(List<String> head, Map<Integer, List<String>> rows) {
    MarkdownTable table = new MarkdownTable(head);
    rows.values().forEach(table::row);
    return table.toString();
  }

  /** The chart of the newest JDK. */
  private String chart() {
    return tables.keySet().stream()
        .reduce((older, newer) -> newer)
        .map(jdk -> "![time of a decision against clients](benchmarks/jdk" + jdk + "-clients.svg)")
        .orElse("");
  }

  private static String sections(String kind, Map<Integer, String> texts) {
    StringBuilder all = new StringBuilder();
    texts.forEach(
        (jdk, text) ->
            all.append("<!-- JDK ")
                .append(jdk)
                .append(kind)
                .append(" -->\n")
                .append(text)
                .append("<!-- end -->\n\n"));
    return all.toString();
  }

  private static String template() {
    try (InputStream file = BenchmarkDocument.class.getResourceAsStream(TEMPLATE)) {
      if (file == null) {
        throw new IllegalStateException(
            "Template is not on the class path: "
                + TEMPLATE
                + ". Build the jar again with ./mvnw -pl traffik-jmh -am package.");
      }
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
