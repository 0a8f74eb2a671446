package io.traffik.jmh.report;

import io.traffik.jmh.FloodBenchmark;
import io.traffik.jmh.HotKeyBenchmark;
import io.traffik.jmh.KeyedBenchmark;
import io.traffik.jmh.OperationBenchmark;
import io.traffik.jmh.RedisDecisionBenchmark;
import io.traffik.jmh.RedisPipelineBenchmark;
import io.traffik.jmh.ThrottleBenchmark;
import java.util.Map;

/**
 * A benchmark method with its parameters and its number of threads.
 *
 * @param benchmark the simple name of the benchmark class
 */
record BenchmarkCase(String benchmark, String method, int threads, Map<String, String> params) {

  /** The number of threads of the benchmarks with many clients. */
  static final int USUAL_THREADS = 2;

  static final String FLOOD_BOUND = "100000";

  /** Returns a number of threads as text. */
  static String threadCount(int threads) {
    return threads == 1 ? "1 thread" : threads + " threads";
  }

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

  static BenchmarkCase operation(String method, int rates) {
    return new BenchmarkCase(
        OperationBenchmark.class.getSimpleName(),
        method,
        1,
        Map.of("rates", String.valueOf(rates)));
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
