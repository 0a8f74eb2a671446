package io.traffik.jmh.report;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.traffik.jmh.check.FloodResult;
import io.traffik.jmh.check.HttpResult;
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

/** All results of a run, from the JSON files of JMH, {@code Footprint} and the checks. */
final class BenchmarkResults {

  static final String FOOTPRINT = "footprint.json";
  static final String FLOOD = "flood.json";
  static final String INTERLEAVED = "interleaved.json";
  static final String SOCKETS = "sockets.json";

  static final String HTTP = "http.json";

  /** The distance between the first fork numbers of two rounds. No round has more forks. */
  private static final int MAX_FORKS = 1_000;

  private static final String ALLOCATION = "gc.alloc.rate.norm";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<BenchmarkCase, BenchmarkMeasurement> measurements = new HashMap<>();
  private Map<String, Double> footprint = Map.of();
  private Map<String, Double> sockets = Map.of();
  private Map<String, HttpResult> http = Map.of();
  private Optional<FloodResult> flood = Optional.empty();
  private Optional<InterleavedCheck.Result> interleaved = Optional.empty();
  private String virtualMachine = "";
  private int jdk;

  private BenchmarkResults() {}

  static BenchmarkResults read(Path directory) throws IOException {
    BenchmarkResults results = new BenchmarkResults();
    List<Path> files;
    try (Stream<Path> all = Files.list(directory)) {
      files = all.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
    for (Path file : files) {
      JsonNode content = JSON.readTree(file.toFile());
      switch (file.getFileName().toString()) {
        case FOOTPRINT -> results.readFootprint(content);
        case HTTP -> results.http = JSON.convertValue(content, new TypeReference<>() {});
        case SOCKETS -> results.readSockets(content);
        case FLOOD -> results.flood = Optional.of(JSON.treeToValue(content, FloodResult.class));
        case INTERLEAVED ->
            results.interleaved =
                Optional.of(JSON.treeToValue(content, InterleavedCheck.Result.class));
        default -> {
          int round = round(file);
          content.forEach(result -> results.addResult(round, result));
        }
      }
    }
    return results;
  }

  /** Returns the round, which is the number before the first hyphen of the file's name. */
  private static int round(Path results) {
    String name = results.getFileName().toString();
    int end = name.indexOf('-');
    try {
      return Integer.parseInt(name.substring(0, Math.max(0, end)));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "The name of a results file must start with its round, as in 1-keyed.json: " + name, e);
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
    int benchmark = name.lastIndexOf('.', method - 1);
    Map<String, String> params = new HashMap<>();
    result.path("params").properties().forEach(e -> params.put(e.getKey(), e.getValue().asText()));
    BenchmarkCase measured =
        new BenchmarkCase(
            name.substring(benchmark + 1, method),
            name.substring(method + 1),
            result.get("threads").asInt(),
            Map.copyOf(params));
    BenchmarkMeasurement measurement =
        measurements.computeIfAbsent(
            measured, first -> new BenchmarkMeasurement(new TreeMap<>(), new ArrayList<>()));
    int fork = round * MAX_FORKS;
    for (JsonNode iterations : result.get("primaryMetric").get("rawData")) {
      measurement.nanos().put(fork++, mean(iterations));
    }
    result
        .path("secondaryMetrics")
        .path(ALLOCATION)
        .path("rawData")
        .forEach(iterations -> measurement.bytes().add(mean(iterations)));
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

  Optional<BenchmarkMeasurement> measurement(BenchmarkCase measured) {
    return Optional.ofNullable(measurements.get(measured));
  }

  OptionalDouble nanos(BenchmarkCase measured) {
    BenchmarkMeasurement measurement = measurements.get(measured);
    return measurement == null
        ? OptionalDouble.empty()
        : OptionalDouble.of(measurement.medianNanos());
  }

  /** Returns the time of the first case divided by that of the second one. */
  OptionalDouble ratio(BenchmarkCase first, BenchmarkCase second) {
    return compare(first, second, (one, other) -> one / other);
  }

  /** Returns by how many nanoseconds the first case's time exceeds that of the second one. */
  OptionalDouble difference(BenchmarkCase first, BenchmarkCase second) {
    return compare(first, second, (one, other) -> one - other);
  }

  private OptionalDouble compare(
      BenchmarkCase first, BenchmarkCase second, DoubleBinaryOperator comparing) {
    BenchmarkMeasurement one = measurements.get(first);
    BenchmarkMeasurement other = measurements.get(second);
    return one == null || other == null
        ? OptionalDouble.empty()
        : OptionalDouble.of(one.compare(other, comparing));
  }

  /** Returns heap bytes per client, by contender. */
  Map<String, Double> footprint() {
    return footprint;
  }

  /**
   * Returns the throughput with a throttle divided by that without, by server; empty if not
   * measured.
   */
  Map<String, Double> sockets() {
    return sockets;
  }

  /** Returns the throughput of HTTP requests by server; empty if not measured. */
  Map<String, HttpResult> http() {
    return http;
  }

  Optional<FloodResult> flood() {
    return flood;
  }

  Optional<InterleavedCheck.Result> interleaved() {
    return interleaved;
  }

  /** Returns the feature version of the measured JDK. */
  int jdk() {
    return jdk;
  }

  String virtualMachine() {
    return virtualMachine;
  }
}
