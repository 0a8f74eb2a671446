package io.traffik.jmh.report;

import io.traffik.jmh.FloodBenchmark;
import io.traffik.jmh.HotKeyBenchmark;
import io.traffik.jmh.KeyedBenchmark;
import io.traffik.jmh.RedisDecisionBenchmark;
import io.traffik.jmh.RedisPipelineBenchmark;
import io.traffik.jmh.ThrottleBenchmark;
import java.util.Map;

/**
 * One thing that was measured: a benchmark method with its parameters, at a number of threads.
 *
 * @param suite the simple name of the benchmark's class
 */
record BenchmarkCase(String suite, String method, int threads, Map<String, String> params) {

  /** The number of threads at which the suites of many keys are read. */
  static final int USUAL_THREADS = 2;

  static final String FLOOD_BOUND = "100000";

  static BenchmarkCase hot(String contender, int threads, String answer) {
    return new BenchmarkCase(
        HotKeyBenchmark.class.getSimpleName(),
        "hit",
        threads,
        Map.of("limiter", contender, "answer", answer));
  }

  static BenchmarkCase keyed(String contender, int keys, String answer) {
    return new BenchmarkCase(
        KeyedBenchmark.class.getSimpleName(),
        "hit",
        USUAL_THREADS,
        Map.of("limiter", contender, "answer", answer, "keys", String.valueOf(keys)));
  }

  static BenchmarkCase flood(String contender, String clients) {
    return new BenchmarkCase(
        FloodBenchmark.class.getSimpleName(),
        "hit",
        USUAL_THREADS,
        Map.of("limiter", contender, "clients", clients, "bound", FLOOD_BOUND));
  }

  static BenchmarkCase throttle(String method, String answer, int backendClasses) {
    return new BenchmarkCase(
        ThrottleBenchmark.class.getSimpleName(),
        method,
        1,
        Map.of("answer", answer, "backendClasses", String.valueOf(backendClasses)));
  }

  static BenchmarkCase redis(String contender, int threads, int keys) {
    return new BenchmarkCase(
        RedisDecisionBenchmark.class.getSimpleName(),
        "hit",
        threads,
        Map.of("limiter", contender, "keys", String.valueOf(keys)));
  }

  static BenchmarkCase pipeline(String method) {
    return new BenchmarkCase(RedisPipelineBenchmark.class.getSimpleName(), method, 1, Map.of());
  }
}
