package io.traffik.jmh.report;

import static io.traffik.jmh.BenchmarkTarget.ALLOWED;
import static io.traffik.jmh.BenchmarkTarget.DENIED;

import io.traffik.jmh.check.FloodResult;
import io.traffik.jmh.check.HttpResult;
import io.traffik.jmh.check.HttpResult.Comparison;
import io.traffik.jmh.check.InterleavedCheck;
import io.traffik.jmh.contender.Contenders;
import io.traffik.jmh.workload.GroupedNumber;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/** All {@link PerformanceTarget}s with the verdicts of a run. */
final class PerformanceTargets {

  /** The factor by which a denied hit may exceed an allowed one; single forks vary far more. */
  private static final double NOISE = 1.05;

  /** The longest time that a call may compute or wait for the store's locks. */
  private static final int LONGEST_PAUSE_MILLIS = 20;

  /** The nanoseconds that a throttle may add to the store's decision. */
  private static final int THROTTLE_NANOS = 40;

  /** The bytes that a hit of two rates may allocate. */
  private static final int TWO_RATES_BYTES = 48;

  /** The heap bytes that a client may occupy. */
  private static final int CLIENT_BYTES = 48;

  private static final int HASH_MAP_FACTOR = 2;
  private static final double SOCKET_SHARE = 0.95;

  private static final String ALTERNATELY =
      ": the same, measured alternately in one process (informational)";

  /** The allocation per hit that belongs to the harness. */
  private static final double NO_BYTES = 0.5;

  private static final String FLOOD_ANSWERS =
      "flood of 10 000 000 new clients, bound 1 000 000, heap 256 MB: no failure, and no throttled"
          + " client allowed";

  private final BenchmarkResults results;
  private final List<PerformanceTarget> targets = new ArrayList<>();

  private PerformanceTargets(BenchmarkResults results) {
    this.results = results;
  }

  static List<PerformanceTarget> of(BenchmarkResults results) {
    PerformanceTargets targets = new PerformanceTargets(results);
    targets.addHotKey();
    targets.addKeyed(100_000);
    targets.addKeyed(1_000_000);
    targets.addDenials();
    targets.addAllocation();
    targets.addWholePath();
    targets.addMemory();
    targets.addFlood();
    targets.addSockets();
    targets.addHttp("allowed", HttpResult.ALLOWED_TARGET, HttpResult::allowed);
    targets.addHttp("denied", HttpResult.DENIED_TARGET, HttpResult::denied);
    targets.targets.addAll(RedisPerformanceTargets.of(results));
    return List.copyOf(targets.targets);
  }

  private void addHotKey() {
    addRatios(
        "one hot key", c -> BenchmarkCase.hot(c, BenchmarkCase.USUAL_THREADS, ALLOWED), 1.25, 3);
  }

  private void addKeyed(int keys) {
    String what = GroupedNumber.of(keys) + " clients";
    addRatios(what, c -> BenchmarkCase.keyed(c, keys, ALLOWED), 1.3, 5);
    targets.add(
        PerformanceTarget.atLeast(
            what
                + ": at least "
                + HASH_MAP_FACTOR
                + " times as fast as `concurrentHashMapBaseline`",
            results.ratio(
                BenchmarkCase.keyed(Contenders.CONCURRENT_HASH_MAP, keys, ALLOWED),
                BenchmarkCase.keyed(Contenders.TRAFFIK, keys, ALLOWED)),
            HASH_MAP_FACTOR,
            " ×"));
  }

  private void addRatios(
      String what,
      Function<String, BenchmarkCase> of,
      double baselineFactor,
      double bucket4jFactor) {
    BenchmarkCase traffik = of.apply(Contenders.TRAFFIK);
    targets.add(
        PerformanceTarget.atMost(
            what + ": at most " + baselineFactor + " times `openAddressingBaseline`",
            results.ratio(traffik, of.apply(Contenders.OPEN_ADDRESSING)),
            baselineFactor,
            " ×"));
    targets.add(
        PerformanceTarget.atMost(
            what
                + ": at most "
                + baselineFactor
                + " times `keyedOpenAddressingBaseline` (informational)",
            results.ratio(traffik, of.apply(Contenders.KEYED_OPEN_ADDRESSING)),
            baselineFactor,
            " ×"));
    targets.add(
        PerformanceTarget.atLeast(
            what + ": at least " + (int) bucket4jFactor + " times as fast as `bucket4jCaffeine`",
            results.ratio(of.apply(Contenders.BUCKET4J_CAFFEINE), traffik),
            bucket4jFactor,
            " ×"));
  }

  private void addDenials() {
    addDenial(
        "one hot key",
        answer -> BenchmarkCase.hot(Contenders.TRAFFIK, BenchmarkCase.USUAL_THREADS, answer));
    addDenial(
        "100 000 clients", answer -> BenchmarkCase.keyed(Contenders.TRAFFIK, 100_000, answer));
    addDenial(
        "1 000 000 clients", answer -> BenchmarkCase.keyed(Contenders.TRAFFIK, 1_000_000, answer));
    addInterleavedDenial("100 000 clients", InterleavedCheck.Result::denied100k);
    addInterleavedDenial("1 000 000 clients", InterleavedCheck.Result::denied1m);
  }

  private void addInterleavedDenial(String what, ToDoubleFunction<InterleavedCheck.Result> of) {
    targets.add(PerformanceTarget.atMost(what + ALTERNATELY, interleaved(of), NOISE, " ×"));
  }

  private OptionalDouble interleaved(ToDoubleFunction<InterleavedCheck.Result> of) {
    return results.interleaved().stream().mapToDouble(of).findFirst();
  }

  private void addDenial(String what, Function<String, BenchmarkCase> of) {
    targets.add(
        PerformanceTarget.atMost(
            what + ": denied not slower than allowed (5 % tolerance)",
            results.ratio(of.apply(DENIED), of.apply(ALLOWED)),
            NOISE,
            " ×"));
  }

  private void addAllocation() {
    addBytes("store, one rate: no garbage", "storeOneRate", NO_BYTES);
    addBytes("throttle, one rate: no garbage", "throttleOneRate", NO_BYTES);
    String twoRates = ", two rates: at most " + TWO_RATES_BYTES + " B";
    addBytes("store" + twoRates, "storeTwoRates", TWO_RATES_BYTES + NO_BYTES);
    addBytes("throttle" + twoRates, "throttleTwoRates", TWO_RATES_BYTES + NO_BYTES);
  }

  private void addBytes(String requirement, String method, double limit) {
    OptionalDouble most =
        worst(
            classes -> results.measurement(BenchmarkCase.throttle(method, ALLOWED, classes)),
            BenchmarkMeasurement::medianBytes);
    OptionalDouble mostDenied =
        worst(
            classes -> results.measurement(BenchmarkCase.throttle(method, DENIED, classes)),
            BenchmarkMeasurement::medianBytes);
    targets.add(
        PerformanceTarget.atMost(
            requirement + " (allowed and denied, one and two backend classes)",
            larger(most, mostDenied),
            limit,
            " B"));
  }

  private void addWholePath() {
    for (String answer : List.of(ALLOWED, DENIED)) {
      targets.add(
          PerformanceTarget.atMost(
              "throttle, "
                  + answer
                  + ": at most "
                  + THROTTLE_NANOS
                  + " ns over the store's decision",
              larger(overhead(answer, 1), overhead(answer, 2)),
              THROTTLE_NANOS,
              " ns"));
    }
    addInterleavedPath(ALLOWED, InterleavedCheck.Result::allowedPath);
    addInterleavedPath(DENIED, InterleavedCheck.Result::deniedPath);
  }

  private void addInterleavedPath(String answer, ToDoubleFunction<InterleavedCheck.Result> of) {
    targets.add(
        PerformanceTarget.atMost(
            "throttle, " + answer + ALTERNATELY, interleaved(of), THROTTLE_NANOS, " ns"));
  }

  private OptionalDouble overhead(String answer, int classes) {
    return results.difference(
        BenchmarkCase.throttle("throttleOneRate", answer, classes),
        BenchmarkCase.throttle("storeOneRate", answer, classes));
  }

  private void addMemory() {
    Double bytes = results.footprint().get(Contenders.TRAFFIK);
    targets.add(
        PerformanceTarget.atMost(
            "heap per client with 1 000 000 clients: at most " + CLIENT_BYTES + " B",
            bytes == null ? OptionalDouble.empty() : OptionalDouble.of(bytes),
            CLIENT_BYTES,
            " B"));
  }

  private void addFlood() {
    targets.add(
        results
            .flood()
            .map(found -> answers(found.wrongAnswers()))
            .orElse(
                new PerformanceTarget(FLOOD_ANSWERS, "–", PerformanceTarget.Verdict.NOT_MEASURED)));
    targets.add(
        PerformanceTarget.atMost(
            "flood: no pause above " + LONGEST_PAUSE_MILLIS + " ms caused by the store",
            millis(
                found ->
                    Math.max(
                        found.latencies().longestCpuTime(), found.latencies().longestLockWait())),
            LONGEST_PAUSE_MILLIS,
            " ms"));
    targets.add(
        PerformanceTarget.atMost(
            "flood: no call takes more than 1 ms of processor time (informational)",
            millis(found -> found.latencies().longestCpuTime()),
            FloodResult.LONGEST_CALL_NANOS / 1e6,
            " ms"));
    targets.add(
        PerformanceTarget.atLeast(
            "flood: new clients at least half as fast as known ones",
            results
                .flood()
                .map(found -> OptionalDouble.of(found.throughputPercent() / 100))
                .orElse(OptionalDouble.empty()),
            0.5,
            " ×"));
  }

  private void addSockets() {
    for (String server : List.of("Javalin", "Java-WebSocket")) {
      Double ratio = results.sockets().get(server);
      targets.add(
          PerformanceTarget.atLeast(
              "WebSocket messages on "
                  + server
                  + ": at least "
                  + SOCKET_SHARE
                  + " of the rate without a throttle",
              ratio == null ? OptionalDouble.empty() : OptionalDouble.of(ratio),
              SOCKET_SHARE,
              " ×"));
    }
  }

  private void addHttp(String answer, double share, Function<HttpResult, Comparison> variant) {
    for (String server : List.of("Javalin", "Jetty")) {
      HttpResult found = results.http().get(server);
      targets.add(
          PerformanceTarget.atLeast(
              "HTTP requests on %s, %s: at least %.2f of the rate without a throttle"
                  .formatted(server, answer, share),
              found == null
                  ? OptionalDouble.empty()
                  : OptionalDouble.of(variant.apply(found).ratio()),
              share,
              " ×"));
    }
  }

  private OptionalDouble millis(ToLongFunction<FloodResult> nanos) {
    return results.flood().stream()
        .mapToDouble(found -> nanos.applyAsLong(found) / 1e6)
        .findFirst();
  }

  private static PerformanceTarget answers(List<String> wrong) {
    return new PerformanceTarget(
        FLOOD_ANSWERS,
        wrong.isEmpty() ? "none" : String.join(", ", wrong),
        wrong.isEmpty() ? PerformanceTarget.Verdict.MET : PerformanceTarget.Verdict.NOT_MET);
  }

  /** Returns the larger value of one and two backend classes; empty unless both were measured. */
  private static OptionalDouble worst(
      IntFunction<Optional<BenchmarkMeasurement>> ofClasses,
      ToDoubleFunction<BenchmarkMeasurement> value) {
    return larger(value(ofClasses.apply(1), value), value(ofClasses.apply(2), value));
  }

  private static OptionalDouble value(
      Optional<BenchmarkMeasurement> measurement, ToDoubleFunction<BenchmarkMeasurement> value) {
    return measurement.isPresent()
        ? OptionalDouble.of(value.applyAsDouble(measurement.get()))
        : OptionalDouble.empty();
  }

  private static OptionalDouble larger(OptionalDouble first, OptionalDouble second) {
    return first.isPresent() && second.isPresent()
        ? OptionalDouble.of(Math.max(first.getAsDouble(), second.getAsDouble()))
        : OptionalDouble.empty();
  }
}
