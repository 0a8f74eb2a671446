package io.traffik.jmh.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.traffik.jmh.check.FloodResult;
import io.traffik.jmh.check.InterleavedCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** All figures of a run, from the JSON files that JMH, the footprint and the checks wrote. */
final class BenchmarkResults {

  static final String FOOTPRINT = "footprint.json";
  static final String FLOOD = "flood.json";
  static final String INTERLEAVED = "interleaved.json";
  static final String SOCKETS = "sockets.json";

  /** More than a round has of one case. */
  private static final int MOST_FORKS = 1_000;

  private static final String ALLOCATION = "gc.alloc.rate.norm";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<BenchmarkCase, BenchmarkMeasurement> figures = new HashMap<>();
  private Map<String, Double> footprint = Map.of();
  private Map<String, Double> sockets = Map.of();
  private Optional<FloodResult> flood = Optional.empty();
  private Optional<InterleavedCheck.Result> interleaved = Optional.empty();
  private String virtualMachine = "";
  private int jdk;

  private BenchmarkResults() {}

  static BenchmarkResults read(Path directory) throws IOException {
    BenchmarkResults figures = new BenchmarkResults();
    List<Path> files;
    try (Stream<Path> all = Files.list(directory)) {
      files = all.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
    for (Path file : files) {
      JsonNode content = JSON.readTree(file.toFile());
      switch (file.getFileName().toString()) {
        case FOOTPRINT -> figures.readFootprint(content);
        case SOCKETS -> figures.readSockets(content);
        case FLOOD -> figures.flood = Optional.of(JSON.treeToValue(content, FloodResult.class));
        case INTERLEAVED ->
            figures.interleaved =
                Optional.of(JSON.treeToValue(content, InterleavedCheck.Result.class));
        default -> {
          int round = round(file);
          content.forEach(result -> figures.addResult(round, result));
        }
      }
    }
    return figures;
  }

  /** By the number that the name begins with, as {@code ./bench} gives it. */
  private static int round(Path results) {
    String name = results.getFileName().toString();
    int end = name.indexOf('-');
    try {
      return Integer.parseInt(name.substring(0, Math.max(0, end)));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "results must be named by their round, as in 1-keyed.json: " + name, e);
    }
  }

  private void readFootprint(JsonNode content) {
    Map<String, Double> bytes = new HashMap<>();
    content
        .get("bytesPerClient")
        .properties()
        .forEach(entry -> bytes.put(entry.getKey(), entry.getValue().asDouble()));
    footprint = Map.copyOf(bytes);
  }

  private void readSockets(JsonNode content) {
    Map<String, Double> ratios = new TreeMap<>();
    content.properties().forEach(e -> ratios.put(e.getKey(), e.getValue().get("ratio").asDouble()));
    sockets = ratios;
  }

  private void addResult(int round, JsonNode result) {
    String name = result.get("benchmark").asText();
    int method = name.lastIndexOf('.');
    int suite = name.lastIndexOf('.', method - 1);
    Map<String, String> params = new HashMap<>();
    result.path("params").properties().forEach(e -> params.put(e.getKey(), e.getValue().asText()));
    BenchmarkCase measured =
        new BenchmarkCase(
            name.substring(suite + 1, method),
            name.substring(method + 1),
            result.get("threads").asInt(),
            Map.copyOf(params));
    BenchmarkMeasurement figure =
        figures.computeIfAbsent(
            measured, first -> new BenchmarkMeasurement(new TreeMap<>(), new ArrayList<>()));
    int fork = round * MOST_FORKS;
    for (JsonNode iterations : result.get("primaryMetric").get("rawData")) {
      figure.nanos().put(fork++, mean(iterations));
    }
    result
        .path("secondaryMetrics")
        .path(ALLOCATION)
        .path("rawData")
        .forEach(iterations -> figure.bytes().add(mean(iterations)));
    String version = result.get("jdkVersion").asText();
    jdk = Runtime.Version.parse(version).feature();
    virtualMachine = result.get("vmName").asText() + " " + result.get("vmVersion").asText();
  }

  private static double mean(JsonNode iterations) {
    return StreamSupport.stream(iterations.spliterator(), false)
        .mapToDouble(JsonNode::asDouble)
        .average()
        .orElse(Double.NaN);
  }

  Optional<BenchmarkMeasurement> of(BenchmarkCase measured) {
    return Optional.ofNullable(figures.get(measured));
  }

  OptionalDouble nanos(BenchmarkCase measured) {
    BenchmarkMeasurement figure = figures.get(measured);
    return figure == null ? OptionalDouble.empty() : OptionalDouble.of(figure.medianNanos());
  }

  /** How many times the second's time the first takes. */
  OptionalDouble ratio(BenchmarkCase first, BenchmarkCase second) {
    return compare(first, second, (one, other) -> one / other);
  }

  /** How many nanoseconds the first takes more than the second. */
  OptionalDouble difference(BenchmarkCase first, BenchmarkCase second) {
    return compare(first, second, (one, other) -> one - other);
  }

  private OptionalDouble compare(
      BenchmarkCase first, BenchmarkCase second, DoubleBinaryOperator comparing) {
    BenchmarkMeasurement one = figures.get(first);
    BenchmarkMeasurement other = figures.get(second);
    return one == null || other == null
        ? OptionalDouble.empty()
        : OptionalDouble.of(one.compare(other, comparing));
  }

  /** Heap bytes per client held, by contender. */
  Map<String, Double> footprint() {
    return footprint;
  }

  /** Throttled messages for each unthrottled one, by server; empty if not measured. */
  Map<String, Double> sockets() {
    return sockets;
  }

  Optional<FloodResult> flood() {
    return flood;
  }

  Optional<InterleavedCheck.Result> interleaved() {
    return interleaved;
  }

  /** The feature version of the JDK that was measured. */
  int jdk() {
    return jdk;
  }

  String virtualMachine() {
    return virtualMachine;
  }
}
