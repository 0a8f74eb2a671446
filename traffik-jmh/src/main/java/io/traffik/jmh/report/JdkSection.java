package io.traffik.jmh.report;

import static io.traffik.jmh.BenchmarkTarget.ALLOWED;
import static io.traffik.jmh.BenchmarkTarget.DENIED;

import io.traffik.jmh.FloodBenchmark;
import io.traffik.jmh.check.FloodResult;
import io.traffik.jmh.contender.Contenders;
import io.traffik.jmh.workload.GroupedNumber;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;

/** What the document says of one JDK: targets, ratios, then nanoseconds, and the commands. */
final class JdkSection {

  static final List<Integer> KEYS = List.of(1_000, 100_000, 1_000_000, 10_000_000);
  static final List<Integer> THREADS = List.of(1, 2, 4);

  private static final List<String> METHODS =
      List.of(
          "storeOneRate",
          "storeOneRateCoarseClock",
          "throttleOneRate",
          "storeTwoRates",
          "throttleTwoRates");

  private static final String ABSENT = "–";

  private final BenchmarkResults figures;
  private final RunMetadata run;
  private final StringBuilder text = new StringBuilder();

  private JdkSection(BenchmarkResults figures, RunMetadata run) {
    this.figures = figures;
    this.run = run;
  }

  static String of(BenchmarkResults figures, RunMetadata run, String machine) {
    JdkSection section = new JdkSection(figures, run);
    section.addHead(machine);
    section.addTargets();
    section.addHotKey();
    section.addKeyed();
    section.addThrottle();
    section.addFlood();
    section.addMemory();
    section.text.append(RedisSection.of(figures));
    section.addCommands();
    return section.text.toString();
  }

  private void addHead(String machine) {
    text.append("## JDK ").append(figures.jdk()).append("\n\n");
    if (run.quick()) {
      text.append("**From a quick run, one short fork each: to see that everything works, not to")
          .append(" compare by.**\n\n");
    }
    text.append(machine).append(". ").append(figures.virtualMachine()).append(".\n");
    text.append("Revision ").append(run.revision()).append(", ").append(run.day()).append(".\n");
    text.append("`").append(run.command()).append("`: ");
    text.append(
        run.rounds() == 1
            ? "one round, a fork each.\n\n"
            : run.rounds()
                + " rounds with a fork each; the median counts"
                + (run.rounds() == 2 ? " (of two, their mean)" : "")
                + ", lowest and highest stand in brackets."
                + " Ratios are taken round by round, and of these the median."
                + " What no target compares was measured in the first round alone,"
                + " and is compared with Traffik's figures of that round.\n\n");
  }

  private void addTargets() {
    text.append("### Targets\n\n");
    MarkdownTable table = new MarkdownTable(List.of("demanded", "measured", "verdict"));
    for (PerformanceTarget target : PerformanceTargets.of(figures)) {
      table.row(List.of(target.requirement(), target.measured(), target.verdict().text()));
    }
    text.append(table).append('\n');
  }

  /** A column of a table: its head, and the case that it shows of a contender. */
  private record Column(String head, Function<String, BenchmarkCase> of) {}

  private void addHotKey() {
    List<Column> columns = new ArrayList<>();
    for (int threads : THREADS) {
      String head = threads == 1 ? "1 thread" : threads + " threads";
      columns.add(new Column(head, contender -> BenchmarkCase.hot(contender, threads, ALLOWED)));
    }
    columns.add(
        new Column(
            "2 threads, denied",
            contender -> BenchmarkCase.hot(contender, BenchmarkCase.USUAL_THREADS, DENIED)));
    addContest("One hot key", "threads", columns);
  }

  private void addKeyed() {
    List<Column> columns = new ArrayList<>();
    for (int keys : KEYS) {
      columns.add(
          new Column(
              GroupedNumber.of(keys) + " keys",
              contender -> BenchmarkCase.keyed(contender, keys, ALLOWED)));
    }
    for (int keys : List.of(100_000, 1_000_000)) {
      columns.add(
          new Column(
              GroupedNumber.of(keys) + ", denied",
              contender -> BenchmarkCase.keyed(contender, keys, DENIED)));
    }
    addContest("One bucket per client, 2 threads", "keys", columns);
  }

  private void addContest(String title, String plot, List<Column> all) {
    List<Column> columns =
        all.stream()
            .filter(column -> figures.of(column.of().apply(Contenders.TRAFFIK)).isPresent())
            .toList();
    text.append("### ").append(title).append("\n\n");
    text.append("Times Traffik's cost; above 1 is slower than Traffik:\n\n");
    MarkdownTable ratios = table(columns, List.of());
    for (String contender : Contenders.ALL) {
      List<String> cells = new ArrayList<>(List.of(name(contender)));
      for (Column column : columns) {
        cells.add(ratio(column.of().apply(contender), column.of().apply(Contenders.TRAFFIK)));
      }
      ratios.row(cells);
    }
    text.append(ratios).append('\n');
    text.append("![cost against ").append(plot).append("](benchmarks/jdk");
    text.append(figures.jdk()).append('-').append(plot).append(".svg)\n\n");
    text.append("Nanoseconds per decision and thread; bytes allocated per decision:\n\n");
    MarkdownTable absolute = table(columns, List.of("B/op"));
    for (String contender : Contenders.ALL) {
      List<String> cells = new ArrayList<>(List.of(name(contender)));
      for (Column column : columns) {
        cells.add(nanos(column.of().apply(contender)));
      }
      cells.add(bytes(columns, contender));
      absolute.row(cells);
    }
    text.append(absolute).append('\n');
  }

  /** Of the allowed hits, the first column that has a figure. */
  private String bytes(List<Column> columns, String contender) {
    return columns.stream()
        .flatMap(column -> figures.of(column.of().apply(contender)).stream())
        .findFirst()
        .map(BenchmarkMeasurement::bytesText)
        .orElse(ABSENT);
  }

  private static MarkdownTable table(List<Column> columns, List<String> more) {
    List<String> head = new ArrayList<>(List.of(""));
    columns.forEach(column -> head.add(column.head()));
    head.addAll(more);
    return new MarkdownTable(head);
  }

  private void addThrottle() {
    text.append("### From a connection to a decision, 1 thread\n\n");
    MarkdownTable table =
        new MarkdownTable(
            List.of(
                "ns (B/op)",
                "allowed, 1 class of backend",
                "allowed, 2 classes",
                "denied, 1 class",
                "denied, 2 classes"));
    Map<String, String> methods =
        Map.of(
            "storeOneRate", "the store alone, one rate",
            "storeOneRateCoarseClock", "the store alone, one rate, coarse clock",
            "throttleOneRate", "the whole path, one rate",
            "storeTwoRates", "the store alone, two rates",
            "throttleTwoRates", "the whole path, two rates");
    for (String method : METHODS) {
      List<String> cells = new ArrayList<>(List.of(methods.getOrDefault(method, method)));
      for (String answer : List.of(ALLOWED, DENIED)) {
        for (int classes = 1; classes <= 2; classes++) {
          BenchmarkCase measured = BenchmarkCase.throttle(method, answer, classes);
          String bytes = figures.of(measured).map(BenchmarkMeasurement::bytesText).orElse(ABSENT);
          cells.add(nanos(measured) + " (" + bytes + ")");
        }
      }
      table.row(cells);
    }
    text.append(table).append('\n');
  }

  private void addFlood() {
    text.append("### Floods\n\n");
    text.append(
            "Clients never seen before at a bound of 100 000, beside known ones, by popularity and")
        .append(" equally frequent; ns per decision and thread:\n\n");
    MarkdownTable table =
        new MarkdownTable(
            List.of("", "known", "equally known", "new", "new ÷ known", "new ÷ equally known"));
    for (String contender :
        List.of(Contenders.TRAFFIK, Contenders.BUCKET4J_CAFFEINE, Contenders.BUCKET4J_PROXY)) {
      BenchmarkCase known = BenchmarkCase.flood(contender, FloodBenchmark.KNOWN);
      BenchmarkCase knownUniform = BenchmarkCase.flood(contender, FloodBenchmark.KNOWN_UNIFORM);
      BenchmarkCase fresh = BenchmarkCase.flood(contender, FloodBenchmark.NEW);
      table.row(
          List.of(
              name(contender),
              nanos(known),
              nanos(knownUniform),
              nanos(fresh),
              ratio(fresh, known),
              ratio(fresh, knownUniform)));
    }
    text.append(table).append('\n');
    text.append(
            "The check below has ten times this bound. The known clients' buckets, some 4 MB here,")
        .append(
            " stay in a processor's caches, and there they do not; a new client is mostly work, and")
        .append(
            " costs only somewhat less here. So it takes more times a known one's cost here than")
        .append(
            " there. Besides, the check makes each identity just before its hit, and takes that time")
        .append(" away; here all are read from a list.\n\n");
    text.append("The flood check, heap 256 MB, 2 threads: ");
    text.append(figures.flood().map(FloodResult::inWords).orElse("not measured."));
    text.append("\n\n");
  }

  private void addMemory() {
    text.append("### Memory\n\n");
    text.append("Heap per key at 1 000 000 keys, the key that a contender keeps included:\n\n");
    MarkdownTable table = new MarkdownTable(List.of("", "B per key", "times Traffik's"));
    Double traffik = figures.footprint().get(Contenders.TRAFFIK);
    for (String contender : Contenders.ALL) {
      Double bytes = figures.footprint().get(contender);
      if (bytes != null && traffik != null) {
        table.row(
            List.of(name(contender), BenchmarkMeasurement.number(bytes), times(bytes / traffik)));
      }
    }
    text.append(table).append('\n');
    text.append("![heap per key](benchmarks/jdk").append(figures.jdk()).append("-memory.svg)\n\n");
  }

  private void addCommands() {
    text.append("### Commands\n\n")
        .append("Of the first round; the later ones repeat those that targets compare. Results are")
        .append(" written where `./bench` has made a directory.\n\n```\n");
    run.steps().forEach(step -> text.append(step).append('\n'));
    text.append("```\n");
  }

  private String nanos(BenchmarkCase measured) {
    return figures.of(measured).map(BenchmarkMeasurement::nanosText).orElse(ABSENT);
  }

  private static String name(String contender) {
    return contender.equals(Contenders.TRAFFIK) ? "**`traffik`**" : "`" + contender + "`";
  }

  private String ratio(BenchmarkCase one, BenchmarkCase other) {
    OptionalDouble ratio = figures.ratio(one, other);
    return ratio.isPresent() ? times(ratio.getAsDouble()) : ABSENT;
  }

  static String times(double ratio) {
    return String.format(Locale.ROOT, ratio < 10 ? "%.2f" : "%.1f", ratio);
  }
}
